#!/usr/bin/env bash
# Makes test/fixtures/media: a few seconds of each kind of CMAF track, from real encoders and packagers.
#
#   scripts/make-media-fixtures.sh [folder]
#
# Needs ffmpeg (Debian's 5.1 made what is committed) and, for subtitles, chunks and encryption, shaka-packager 3.4.2
# (npm package `shaka-packager`; name its binary in PACKAGER). Pictures are tiny and quantised coarsely: what the tests
# read is boxes and timing. Segments are named by number; the media counts from the epoch (T0), as epoch-locked
# encoders count.
set -euo pipefail
out=${1:-"$(dirname "$0")/../test/fixtures/media"}
packager=${PACKAGER:-packager}
T0=1767225600 # 2026-01-01T00:00:00Z, a multiple of 8 s
mkdir -p "$out"
out=$(cd "$out" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ff() { ffmpeg -hide_banner -loglevel error -nostdin -y "$@"; }

# epoch NAME SECONDS_PER_SEGMENT FIRST_NUMBER INPUT... : ffmpeg's HLS muxer, as docs describe for packagers.
epoch() {
  local name=$1 seconds=$2 first=$3
  shift 3
  mkdir -p "$out/$name"
  (cd "$out/$name" && rm -f ./*.m4s init.mp4 &&
    ff "$@" -map_metadata -1 -output_ts_offset $T0 -f hls -hls_segment_type fmp4 -hls_time "$seconds" \
      -hls_segment_options movflags=+frag_discont"${MOVFLAGS:-}" -start_number "$first" -hls_list_size 0 \
      -hls_fmp4_init_filename init.mp4 -hls_segment_filename '%d.m4s' media.m3u8 && rm media.m3u8)
}

# The encoder flushes a last frame or two into a segment of their own; the tests want whole segments.
drop_tail() { rm -f "$out/$1/$2.m4s"; }

picture() { echo "testsrc2=size=${2:-128x72}:rate=$1"; }
x264=(-c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -crf 40 -bf 0 -sc_threshold 0)

N=$((T0 / 2))
epoch avc-25 2 $N -f lavfi -t 6 -i "$(picture 25)" "${x264[@]}" -g 50 -keyint_min 50
epoch avc-25-bframes 2 $N -f lavfi -t 4 -i "$(picture 25)" -c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 42 -bf 2 -g 50 -keyint_min 50 -sc_threshold 0
MOVFLAGS=:video_track_timescale=10000000 epoch avc-25-10mhz 2 $N -f lavfi -t 4 -i "$(picture 25)" "${x264[@]}" -g 50 -keyint_min 50
# 60 frames of 1001/30000 s: 2.002 s a segment. T0 is no multiple of it, so these count from zero.
T0=0 epoch avc-2997 2.002 0 -f lavfi -t 6.006 -i "$(picture 30000/1001)" "${x264[@]}" -g 60 -keyint_min 60
T0=0 epoch avc-5994 2.002 0 -f lavfi -t 4.004 -i "$(picture 60000/1001 96x54)" "${x264[@]}" -g 120 -keyint_min 120
epoch hevc-25 2 $N -f lavfi -t 4 -i "$(picture 25)" -c:v libx265 -preset veryfast -x265-params log-level=none:keyint=50:min-keyint=50:scenecut=0:bframes=0 -pix_fmt yuv420p -crf 40 -tag:v hvc1
epoch av1-25 2 $N -f lavfi -t 4 -i "$(picture 25)" -c:v libaom-av1 -cpu-used 8 -crf 60 -g 50 -keyint_min 50 -pix_fmt yuv420p

tone() { echo "sine=frequency=440:sample_rate=$1"; }
epoch aac-48k 2 $N -f lavfi -t 10 -i "$(tone 48000)" -af asetpts=N+1024 -c:a aac -b:a 16k -ac 1
epoch aac-44k1 2 $N -f lavfi -t 8 -i "$(tone 44100)" -af asetpts=N+1024 -c:a aac -b:a 16k -ac 1
epoch opus-48k 2 $N -f lavfi -t 4 -i "$(tone 48000)" -c:a libopus -b:a 12k -ac 1
epoch ac3-48k 2 $N -f lavfi -t 4 -i "$(tone 48000)" -c:a ac3 -b:a 64k -ac 2
epoch ec3-48k 2 $N -f lavfi -t 4 -i "$(tone 48000)" -c:a eac3 -b:a 64k -ac 2
epoch flac-48k 2 $N -f lavfi -t 4 -i "anullsrc=r=48000:cl=mono" -c:a flac -strict -2
drop_tail aac-48k $((N + 5))
drop_tail aac-44k1 $((N + 4))
drop_tail opus-48k $((N + 2))
drop_tail flac-48k $((N + 2))

# Chunked CMAF: one moof/mdat pair a frame, 50 in a segment, with styp and prft.
mkdir -p "$out/avc-25-chunked" "$out/avc-25-cenc"
(cd "$work" && rm -rf dash && mkdir dash && cd dash &&
  ff -f lavfi -t 4 -i "$(picture 25)" "${x264[@]}" -g 50 -keyint_min 50 -output_ts_offset $T0 -map_metadata -1 \
    -f dash -ldash 1 -streaming 1 -seg_duration 2 -frag_type every_frame -write_prft 1 -utc_timing_url https://time.example/ \
    -format_options movflags=+frag_discont+cmaf -use_template 1 -use_timeline 0 \
    -init_seg_name init.mp4 -media_seg_name '$Number$.m4s' manifest.mpd &&
  mv init.mp4 "$out/avc-25-chunked/" && mv 1.m4s "$out/avc-25-chunked/$N.m4s" && mv 2.m4s "$out/avc-25-chunked/$((N + 1)).m4s")

command -v "$packager" >/dev/null || { echo "PACKAGER names no binary: subtitles and encryption are left as they are"; exit 0; }
key=(--enable_raw_key_encryption --keys label=:key_id=0123456789abcdef0123456789abcdef:key=00112233445566778899aabbccddeeff --protection_systems Common --clear_lead 0)
ff -f lavfi -t 4 -i "$(picture 25)" -f lavfi -t 4 -i "$(tone 48000)" "${x264[@]}" -g 50 -keyint_min 50 -c:a aac -b:a 16k -ac 1 "$work/clear.mp4"
# WebVTT text, packaged as wvtt and as stpp.
printf 'WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nHeadwater\n\n00:00:02.200 --> 00:00:03.900\nsecond segment\n' >"$work/text.vtt"
shaka() { # shaka NAME DESCRIPTOR [options...]
  mkdir -p "$out/$1"
  rm -f "$out/$1"/*
  (cd "$out/$1" && "$packager" "$2,init_segment=init.mp4,segment_template=\$Number\$.m4s" --segment_duration 2 --quiet "${@:3}")
}
shaka avc-25-cenc "in=$work/clear.mp4,stream=video" "${key[@]}" --protection_scheme cenc
shaka aac-48k-cbcs "in=$work/clear.mp4,stream=audio" "${key[@]}" --protection_scheme cbcs
shaka avc-25-sidx "in=$work/clear.mp4,stream=video" --generate_sidx_in_media_segments
shaka wvtt "in=$work/text.vtt,stream=text,format=vtt+mp4"
shaka stpp "in=$work/text.vtt,stream=text,format=ttml+mp4"
du -sh "$out"
