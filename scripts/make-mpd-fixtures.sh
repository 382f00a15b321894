#!/usr/bin/env bash
# Makes test/fixtures/mpd: what packagers themselves write while they run live, an MPD with the inits and one segment of
# each track. Needs ffmpeg and, as its argument, the binary of shaka-packager (npm shaka-packager 3.4.2 has one).
set -euo pipefail
SHAKA=$1
OUT=$(cd "$(dirname "$0")/.." && pwd)/test/fixtures/mpd
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
T0=$(( ($(date +%s) / 8 + 1) * 8 ))
sleep "$(echo "$T0 - $(date +%s.%N)" | bc)"

input() { INPUT=(-nostdin -loglevel error -re -f lavfi -i "testsrc2=size=160x90:rate=$1" -re -f lavfi -i sine=sample_rate=48000); }
video() { VIDEO=(-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -b:v 60k -bf 0 -g "$1" -keyint_min "$1" -sc_threshold 0); }
AUDIO=(-c:a aac -b:a 32k -ar 48000 -ac 2 -af asetpts=N+1024)
DASH=(-f dash -use_template 1 -window_size 5 -adaptation_sets 'id=0,streams=v id=1,streams=a')
EPOCH=(-output_ts_offset "$T0")
FRAGMENTS=(-format_options movflags=+frag_discont)
live() { mkdir -p "$WORK/$1" && cd "$WORK/$1" && shift && "$@" & }

input 25; video 50
# As ffmpeg does by itself: numbers from 1, media time from 0.
live ffmpeg-number ffmpeg "${INPUT[@]}" -t 16 "${VIDEO[@]}" "${AUDIO[@]}" "${DASH[@]}" -seg_duration 2 -use_timeline 0 manifest.mpd
# Epoch-locked, but its numbers count from 1 and its MPD does not know of the epoch.
live ffmpeg-number-epoch ffmpeg "${INPUT[@]}" -t 16 "${VIDEO[@]}" "${AUDIO[@]}" "${EPOCH[@]}" "${DASH[@]}" "${FRAGMENTS[@]}" \
  -seg_duration 2 -use_timeline 0 manifest.mpd
# Epoch-locked, named by time.
live ffmpeg-time ffmpeg "${INPUT[@]}" -t 16 "${VIDEO[@]}" "${AUDIO[@]}" "${EPOCH[@]}" "${DASH[@]}" "${FRAGMENTS[@]}" \
  -seg_duration 2 -use_timeline 1 -init_seg_name 'init-$RepresentationID$.mp4' -media_seg_name '$RepresentationID$-$Time$.m4s' manifest.mpd
# Epoch-locked at 30000/1001 frames a second: segments of 2.002 s.
input 30000/1001; video 60
live ffmpeg-2997 ffmpeg "${INPUT[@]}" -t 16 -map 0:v "${VIDEO[@]}" "${EPOCH[@]}" -f dash -use_template 1 -window_size 5 "${FRAGMENTS[@]}" \
  -seg_duration 2.002 -use_timeline 1 manifest.mpd
# Epoch-locked, a folder for each track, numbers of the epoch.
input 25; video 50
mkdir -p "$WORK/shaka-number" && mkfifo "$WORK/pipe"
ffmpeg "${INPUT[@]}" -t 16 "${VIDEO[@]}" "${AUDIO[@]}" "${EPOCH[@]}" -f mp4 -movflags cmaf+frag_keyframe+frag_discont+delay_moov -y "$WORK/pipe" &
stream() { echo "in=$WORK/pipe,stream=$1,init_segment=$2/init.mp4,segment_template=$2/\$Number\$.m4s"; }
live shaka-number "$SHAKA" "$(stream video v90)" "$(stream audio a32)" --segment_duration 2 --fragment_duration 2 \
  --start_segment_number $((T0 / 2)) --mpd_output manifest.mpd --time_shift_buffer_depth 60 --quiet

# In the middle of it, so that the MPDs are those of something live.
sleep 13
for NAME in ffmpeg-number ffmpeg-number-epoch ffmpeg-time ffmpeg-2997 shaka-number; do
  rm -rf "${OUT:?}/$NAME" && mkdir -p "$OUT/$NAME" && cd "$WORK/$NAME"
  cp manifest.mpd "$OUT/$NAME/"
  find . -name 'init*' -exec cp --parents {} "$OUT/$NAME/" \;
done
# The newest but one of each track of the packager whose MPD says least.
cd "$WORK/ffmpeg-number-epoch" && for TRACK in 0 1; do
  cp "$(ls chunk-stream$TRACK-* | grep -v tmp | tail -2 | head -1)" "$OUT/ffmpeg-number-epoch/"
done
wait
