#!/usr/bin/env bash
# Makes demo/asset: a 16 s loop that the demo feed repeats for ever on the epoch grid. Needs ffmpeg with libx264 and
# drawtext (Debian's has both) and the URW and DejaVu fonts; takes a few minutes. The result is committed, so only a
# change of the picture needs this script.
#
# 16 s because that is the shortest time in which all three grids meet at a whole number of 2 s segments with room for
# a repeat check: 8 segments, 400 frames at 25 fps, 750 AAC frames of 1024 samples at 48 kHz.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly LOOP_S=16 FPS=25 LOOP_FRAMES=400 LOOP_AAC_FRAMES=750 SEGMENT_S=2 SEGMENT_FRAMES=50
readonly TITLE_FONT="${TITLE_FONT:-/usr/share/fonts/opentype/urw-base35/URWGothic-Book.otf}"
readonly COUNTER_FONT="${COUNTER_FONT:-/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf}"
out=demo/asset
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
readonly out work
ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

# --- the picture: a river at dusk -----------------------------------------------------------------------------------
# One colour channel as a geq expression. Every motion is a whole number of waves per loop, so frame 400 is frame 0.
# A layer lies below its shore line: shore amplitude1 waves1 turns1 amplitude2 waves2 turns2, in 640x360 pixels, waves
# per picture width and turns per loop.
layer() { # shore a1 w1 t1 a2 w2 t2 | colour at the shore | colour change over 100 lines
  local shore="$1+$2*sin(2*PI*($3*X/W-$4*T/$LOOP_S))+$5*sin(2*PI*($6*X/W-$7*T/$LOOP_S))"
  printf 'st(1,Y-(%s));st(2,clip(ld(1)+0.5,0,1));st(0,ld(0)*(1-ld(2))+(%s+(%s)*ld(1)/100)*ld(2));' "$shore" "$8" "$9"
}
channel() { # sky top, sky bottom, glow, then the layers' colour pairs
  local sky="$1+($2-($1))*pow(clip(Y/190,0,1),1.3)+$3*exp(-(pow((X-452)/150,2)+pow((Y-176)/85,2)))"
  printf 'st(0,%s);' "$sky"
  layer 164 13 0.8 0 6 2.3 0 "$4" "$5"
  layer 183 8 1.3 0 5 3.1 0 "$6" "$7"
  layer 206 3 1.2 1 2 2.7 2 "$8" "$9"
  layer 232 5 1.0 2 3 2.2 3 "${10}" "${11}"
  layer 264 8 0.8 2 4 1.7 3 "${12}" "${13}"
  layer 302 11 0.6 2 5 1.4 4 "${14}" "${15}"
  printf 'clip(ld(0),0,255)'
}
red="$(channel 16 242 60 74 -30 38 -20 118 -60 60 -40 26 -20 10 -10)"
green="$(channel 30 150 70 86 -30 58 -20 134 -40 104 -50 70 -40 40 -25)"
blue="$(channel 66 118 20 118 -20 90 -20 150 -20 134 -40 106 -40 70 -35)"
ff -f lavfi -i "color=size=640x360:rate=$FPS:duration=$LOOP_S,format=gbrp,geq=r='$red':g='$green':b='$blue'" \
  -frames:v $LOOP_FRAMES -c:v libx264rgb -qp 0 -preset veryfast "$work/river.mkv"

# --- the counter: what is on the screen can be compared with what the origin says it served -------------------------
title() { printf "drawtext=fontfile=$TITLE_FONT:fontcolor=white@%s:fontsize=%s:x=%s:y=%s:text='%s'" "$@"; }
count() { printf "drawtext=fontfile=$COUNTER_FONT:fontcolor=white@%s:fontsize=%s:x=%s:y=%s:text='%s'" "$@"; }
seconds="%{eif\\:floor(n/$FPS)\\:d\\:2}.%{eif\\:mod(n\\,$FPS)*4\\:d\\:2}"
text="$(title 1 76 72 56 'HEADWATER'),$(title 0.85 30 78 146 'demo loop')"
text+=",$(title 0.75 26 76 506 'segment'),$(count 1 88 70 540 "%{eif\\:floor(n/$SEGMENT_FRAMES)\\:d}")"
text+=",$(title 0.75 26 250 506 'frame'),$(count 1 88 244 540 '%{eif\:n\:d\:3}')"
text+=",$(title 0.75 26 946 506 'seconds'),$(count 1 88 940 540 "$seconds")"
# The bar fills once a loop; its ticks are the segment boundaries.
ticks=""
for i in 1 2 3 4 5 6 7; do ticks+=",drawbox=x=$((76 + i * 141)):y=662:w=2:h=14:color=black@0.55:t=fill"; done
ff -i "$work/river.mkv" -f lavfi -i "color=color=white:size=1128x6:rate=$FPS" -filter_complex "
  [0:v]scale=1280:720:flags=bicubic,format=yuv420p,drawbox=x=76:y=666:w=1128:h=6:color=white@0.25:t=fill[river];
  [1:v]format=yuva420p,colorchannelmixer=aa=0.9[bar];
  color=color=black@0:size=1128x6:rate=$FPS,format=yuva420p[track];
  [track][bar]overlay=x='-1128+1128*(n+1)/$LOOP_FRAMES':y=0:format=yuv420[filled];
  [river][filled]overlay=x=76:y=666$ticks,$text[picture]" \
  -map '[picture]' -frames:v $LOOP_FRAMES -c:v libx264 -qp 0 -preset veryfast "$work/picture.mkv"

# --- the sound: a chord and a soft bell on every segment boundary ---------------------------------------------------
# Frequencies are multiples of 1/16 Hz, so the chord closes at the loop point too.
bell="0.22*exp(-3.2*mod(t,2))*min(1,mod(t,2)*200)"
chord="0.05*sin(2*PI*110*t)+0.035*sin(2*PI*164.8125*t)*(1+0.5*sin(2*PI*t/8))+0.03*sin(2*PI*220.0625*t)*(1+0.5*cos(2*PI*t/16))"
# Eight notes, one a segment: an ear notices a repeated or skipped segment.
note="440*pow(2,(st(0,mod(floor(t/2),8));eq(ld(0),1)*2+eq(ld(0),2)*4+eq(ld(0),3)*7+eq(ld(0),4)*9+eq(ld(0),5)*7+eq(ld(0),6)*4+eq(ld(0),7)*2)/12)"
voice="$chord+$bell*(sin(2*PI*mod(t,2)*$note)+0.3*sin(4*PI*mod(t,2)*$note))"
# Three loops are encoded and the middle one is kept: its first frame overlaps with the end of an equal loop, as it will
# in the feed, and there is no priming in it.
ff -f lavfi -i "aevalsrc=exprs='$voice|$voice':sample_rate=48000:duration=$((3 * LOOP_S))" \
  -c:a aac -b:a 128k -fflags +bitexact -flags:a +bitexact "$work/three-loops.mp4"

# --- CMAF -------------------------------------------------------------------------------------------------------
# cmaf: tfdt version 1 and no negative start. use_editlist=0: decode time is presentation time, so nothing to shift.
segment() { # representation, then ffmpeg's input and codec options
  local dir="$out/$1"
  shift
  rm -rf "$dir" && mkdir -p "$dir"
  ff "$@" -map_metadata -1 -fflags +bitexact -f hls -hls_segment_type fmp4 -hls_time $SEGMENT_S -hls_list_size 0 \
    -hls_segment_options "movflags=+cmaf:use_editlist=0:fflags=+bitexact" -start_number 0 \
    -hls_fmp4_init_filename init.mp4 -hls_segment_filename "$dir/%d.m4s" "$dir/media.m3u8"
  rm "$dir/media.m3u8"
}
# No B-frames: every composition offset is 0, so a segment can be cut after any frame.
video=(-an -c:v libx264 -preset slow -profile:v high -pix_fmt yuv420p -g $SEGMENT_FRAMES
  -keyint_min $SEGMENT_FRAMES -sc_threshold 0 -flags +cgop -flags:v +bitexact -tune animation
  -color_primaries bt709 -color_trc bt709 -colorspace bt709)
segment v720 -i "$work/picture.mkv" "${video[@]}" -bf 0 -crf 22 -maxrate 900k -bufsize 1200k -level 3.1
segment v360 -i "$work/picture.mkv" -vf scale=640:360:flags=lanczos "${video[@]}" -bf 0 -crf 22 -maxrate 400k \
  -bufsize 500k -level 3.0
segment a128 -i "$work/three-loops.mp4" -ss $LOOP_S -c copy -frames:a $LOOP_AAC_FRAMES

npx tsx scripts/describe-demo-asset.ts
du -sb "$out"
