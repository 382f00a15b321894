vcl 4.1;

# Headwater's cache on Varnish 7.1 (Debian 12) behind nginx, which has turned away what cannot exist and put the target
# into its one form. Here: one fetch however many wait, truth to the millisecond, the other region when one fails.
# local.vcl, beside this file, is written by `headwater edge-setup`: backends, probes, regions in order, fill nodes.

import std;
import directors;

include "./local.vcl";

# Those who wait for an answer may have it, and nobody who comes later: Varnish holds an object's end against the time
# of the request, so that one with hardly a lifetime is a hit for all who came before it (with none it is nobody's).
# `keep` leaves it there until all who waited have been woken. Without this each of 1,000 waiting would fetch, one after
# the other.
sub headwater_momentary {
    set beresp.ttl = 0.01ms;
    set beresp.grace = 0s;
    set beresp.keep = 2s;
}

# Of a whole object that is there: a part only where it has one, and 304 by any of several tags.
sub headwater_conditions {
    if (req.http.If-None-Match == "*" || std.strstr(req.http.If-None-Match, resp.http.ETag)) {
        # Varnish compares with one.
        set req.http.If-None-Match = resp.http.ETag;
    }
    if (!resp.http.Content-Length || (req.http.If-Range && req.http.If-Range != resp.http.ETag)) {
        unset req.http.Range;
    }
    if (req.http.Range ~ "=[0-9]+-[0-9]+$" && std.integer(regsub(req.http.Range, "^.*-", ""), 0) <
        std.integer(regsuball(req.http.Range, "^.*=|-.*$", ""), 0)) {
        unset req.http.Range;
    }
    # Varnish's own 416 would have the lifetime of the segment, for every cache between.
    if (req.http.Range ~ "=-0+$" || (req.http.Range ~ "=[0-9]" &&
        std.integer(regsuball(req.http.Range, "^.*=|-.*$", ""), 0) >= std.integer(resp.http.Content-Length, 0))) {
        set req.http.Headwater-Size = resp.http.Content-Length;
        return (synth(416));
    }
}

sub vcl_recv {
    # A socket of its own, which only the agent may open.
    if (local.socket == "admin") {
        if (req.method != "BAN") {
            return (synth(405));
        }
        if (std.ban(req.http.Headwater-Ban)) {
            return (synth(200));
        }
        return (synth(400, std.ban_error()));
    }
    # From another appliance of the group. Told by the socket, so that no client can say so of itself.
    if (local.socket == "fill") {
        if (!client.ip ~ headwater_peers) {
            return (synth(403));
        }
        if (req.url == "/healthz") {
            return (synth(200));
        }
        set req.http.Headwater-Fill = "1";
    } else {
        unset req.http.Headwater-Fill;
    }
    if (req.method != "GET" && req.method != "HEAD") {
        return (synth(405));
    }
    # One part of what GET names; any other form is as good as none (RFC 9110, 14.2), and Varnish would answer it 416.
    if (req.method != "GET" || req.http.If-None-Match ||
        req.http.Range !~ "(?i)^bytes=(?:[0-9]{1,15}-[0-9]{0,15}|-[0-9]{1,15})$") {
        unset req.http.Range;
    }
    # nginx sends neither; Varnish adds the second one itself.
    unset req.http.Cookie;
    unset req.http.X-Forwarded-For;
    if (!req.http.Headwater-Version) {
        set req.http.Headwater-Version = "0";
    }
    # Once all has failed: an answer of before, or none. Nobody is asked again.
    unset req.http.Headwater-Retry;
    if (req.restarts > 0) {
        set req.http.Headwater-Retry = "1";
    }
    # Stale manifests for a second, while one request fetches the new one. Anything else is stale only when no region
    # answers: as long as the probes say so, or when a fetch has just failed.
    set req.grace = 0s;
    if (req.url ~ "\.(mpd|m3u8)(\?|$)") {
        set req.grace = 1s;
    }
    if (req.restarts > 0 || !std.healthy(regions.backend())) {
        set req.grace = 1d;
    }
    return (hash);
}

sub vcl_hash {
    # The version is in the key: a changed event begins with an empty cache. The host is not: there is one origin.
    hash_data(req.url);
    hash_data(req.http.Headwater-Version);
    return (lookup);
}

sub vcl_backend_fetch {
    if (bereq.http.Headwater-Retry) {
        return (error(503));
    }
    # Only what tells the object apart: no header of a client reaches an origin. Varnish asks for the whole object.
    unset bereq.http.X-Varnish;
    unset bereq.http.Via;
    unset bereq.http.Accept-Encoding;
    # Sets bereq.backend: the fill node, then each region in turn.
    call headwater_take_turn;
    # The origin holds for 5 s at most. What cannot be held and is not answered within 3 s is the other region's turn.
    set bereq.first_byte_timeout = 8s;
    if (bereq.http.Headwater-Hold == "0") {
        set bereq.first_byte_timeout = 3s;
    }
    # A fill node may ask each region before it answers.
    if (bereq.http.Headwater-Turn == "fill") {
        set bereq.first_byte_timeout = 20s;
    }
    set bereq.between_bytes_timeout = 3s;
    return (fetch);
}

# Another region may have what this one lacks.
sub headwater_maybe_retry {
    # A failure is one whoever tells it; a region that sheds load (max-age=5) must not double it elsewhere.
    if (beresp.status >= 500 && beresp.http.Cache-Control !~ "(?i)max-age=[1-9]") {
        return (error(503));
    }
    if ((beresp.status == 404 && beresp.http.Cache-Control == "max-age=0") ||
        (beresp.status == 410 && beresp.http.Cache-Control == "no-store")) {
        # A fill node has asked them all.
        if (bereq.http.Headwater-Turn != "fill" && bereq.http.Headwater-Left) {
            set bereq.http.Headwater-Missing = bereq.http.Headwater-Turn;
            return (retry);
        }
    }
}

sub vcl_backend_response {
    call headwater_maybe_retry;

    # Nothing is delivered before it is whole, so that a region may die in the middle of a segment unnoticed.
    set beresp.do_stream = false;
    # For bans, which look at objects alone so that the lurker can work them off.
    set beresp.http.Headwater-Path = regsub(bereq.url, "\?.*$", "");
    unset beresp.http.Set-Cookie;

    # How long it may stand in when all has failed: as it says, else a minute. By s-maxage, for a shared cache, no longer than it is
    # fresh (RFC 9111, 5.2.2.10).
    set beresp.grace = 60s;
    # Beyond that it may at least be revalidated.
    set beresp.keep = 60s;
    if (beresp.http.Cache-Control ~ "(?i)s-maxage") {
        set beresp.grace = 0s;
    }
    if (beresp.http.Cache-Control ~ "(?i)stale-if-error=[0-9]+") {
        set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "(?i)^.*stale-if-error=([0-9]+).*$", "\1s"), 60s);
    }
    if (beresp.status != 200 || beresp.http.Cache-Control ~ "(?i)(?:must|proxy)-revalidate") {
        set beresp.grace = 0s;
    }

    # Varnish has read Cache-Control, Expires and Age (RFC 9111, 4.2), but gives no lifetime to a status that HTTP keeps only
    # when it is told to: for those it is read here.
    if (beresp.status >= 300 && beresp.ttl <= 0s) {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "(?i)^(?:.*,)?\s*max-age=([0-9]+).*$", "\1s"), 0s) -
            std.duration(beresp.http.Age + "s", 0s);
    }
    if (beresp.ttl <= 0s || beresp.http.Cache-Control ~ "(?i)no-store|private|no-cache") {
        call headwater_momentary;
    }
    # Nothing of a client's request goes upstream, so no other answer than this one was ever seen. Two names that servers in
    # between add change no answer of the media plane.
    if (beresp.http.Vary && beresp.http.Vary !~ "(?i)^(?:\s*(?:accept-encoding|origin)\s*(?:,|$))+$") {
        call headwater_momentary;
    }
    # RFC 9111, 5.2.2.3: statuses of which this edge knows what they mean.
    if (beresp.http.Cache-Control ~ "(?i)must-understand" && beresp.status != 200 && beresp.status != 404 &&
        beresp.status != 410 && beresp.status != 503) {
        call headwater_momentary;
    }
    # Not yet: true until the millisecond that it names. Five minutes at most, so that a changed event is noticed.
    if (beresp.status == 404 && beresp.http.Headwater-Expires-Ms ~ "^[0-9]{4,15}$") {
        set beresp.ttl = std.time(regsub(beresp.http.Headwater-Expires-Ms, "([0-9]{3})$", ".\1"), now) - now;
        if (beresp.ttl > 300s) {
            set beresp.ttl = 300s;
        }
        if (beresp.ttl <= 0s) {
            call headwater_momentary;
        }
    }
    # An origin that has not heard of the newest change: good for who waits, not to be kept.
    if (std.integer(beresp.http.Headwater-Version, 0) < std.integer(bereq.http.Headwater-Version, 0) ||
        std.integer(beresp.http.Headwater-Revision, 0) < std.integer(bereq.http.Headwater-Revision, 0)) {
        if (beresp.status < 500 && beresp.http.Headwater-Version) {
            call headwater_momentary;
        }
    }
    return (deliver);
}

sub vcl_backend_error {
    if (bereq.http.Headwater-Left) {
        return (retry);
    }
    # An honest 404 from one region says more than the failure of the other.
    if (bereq.http.Headwater-Missing) {
        set bereq.http.Headwater-Again = bereq.http.Headwater-Missing;
        unset bereq.http.Headwater-Missing;
        return (retry);
    }
    if (bereq.is_bgfetch) {
        return (abandon);
    }
    set beresp.status = 503;
    unset beresp.http.Server;
    set beresp.http.Content-Type = "application/problem+json";
    set beresp.http.Access-Control-Allow-Origin = "*";
    set beresp.http.Timing-Allow-Origin = "*";
    set beresp.http.Cache-Control = "no-store";
    set beresp.http.Retry-After = "1";
    synthetic("""{"type":"/problems/store-failing","title":"Store failing","status":503,"detail":"No region answers. Ask again."}
""");
    # Varnish gives it a lifetime when somebody waits; with none it takes the place of nothing. All who waited have it, and then look
    # once more (vcl_deliver): by Vary they pass it over, so that it does not cover a former object that may stand in.
    if (beresp.ttl > 0s) {
        call headwater_momentary;
    }
    set beresp.http.Vary = "Headwater-Retry";
    set beresp.http.Headwater-Failed = "1";
    return (deliver);
}

sub vcl_deliver {
    if (resp.http.Headwater-Failed && req.restarts == 0) {
        return (restart);
    }
    if (resp.status == 200) {
        call headwater_conditions;
    }
    # RFC 9211. `hit` with a lifetime that has passed is one of the stale kinds.
    if (obj.hits > 0 && obj.ttl > 0s) {
        set resp.http.Cache-Status = "headwater-appliance; hit";
    } elsif (obj.hits > 0 && obj.ttl > -60s && req.grace > 0s) {
        set resp.http.Cache-Status = "headwater-appliance; fwd=stale";
    } else {
        set resp.http.Cache-Status = "headwater-appliance; fwd=uri-miss";
    }
    # Between appliances the path is made anew by each.
    unset resp.http.Headwater-Path;
    if (resp.http.Headwater-Failed) {
        unset resp.http.Headwater-Failed;
        unset resp.http.Vary;
    }
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    return (deliver);
}

sub vcl_synth {
    # A fetch was given up because there is a former object: it is served within its grace.
    if (resp.status == 503 && req.restarts == 0) {
        return (restart);
    }
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Access-Control-Allow-Origin = "*";
    set resp.http.Timing-Allow-Origin = "*";
    set resp.http.Cache-Control = "no-store";
    unset resp.http.X-Varnish;
    unset resp.http.Via;
    if (resp.status == 416) {
        set resp.http.Cache-Control = "max-age=0";
        set resp.http.Content-Range = "bytes */" + req.http.Headwater-Size;
        synthetic("""{"type":"about:blank","title":"Range not satisfiable","status":416,"detail":"Wanted bytes within the object."}
""");
    } elsif (resp.status == 503) {
        set resp.http.Retry-After = "1";
        synthetic("""{"type":"/problems/store-failing","title":"Store failing","status":503,"detail":"No region answers. Ask again."}
""");
    } else {
        synthetic("""{"type":"about:blank","status":""" + resp.status + """}
""");
    }
    return (deliver);
}
