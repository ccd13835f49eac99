#!/bin/sh
# Regenerates docs/images/site.png, the screenshot of the README: the home page beside a case page on a phone, made of
# the demonstration cases. Run it from the repository's root after `make demo SERVE=0`. Needs Chromium (CHROMIUM names
# another binary) and a Chinese font, on Debian: apt-get install chromium fonts-noto-cjk.
set -eu

site=$(realpath "${1:-build/demo/build/site}")
phone=${2:-cases/2026/04/people-90000010}
work=$(mktemp -d)
port=8799
# Over HTTP, because the theme hides its search in pages that are read from a disk.
python3 -m http.server --bind 127.0.0.1 --directory "$site" "$port" 2>/dev/null &
trap 'kill $!; rm -rf "$work"' EXIT

cat > "$work/frame.html" <<HTML
<!doctype html>
<meta charset="utf-8">
<style>
  body { margin: 0; display: flex; gap: 24px; align-items: start; padding: 24px; background: #dfe5ee; }
  iframe { border: 0; border-radius: 8px; background: #fff; box-shadow: 0 2px 12px rgb(0 0 0 / 25%); }
</style>
<iframe src="http://127.0.0.1:$port/" width="1240" height="930" scrolling="no"></iframe>
<iframe src="http://127.0.0.1:$port/$phone/" width="390" height="930" scrolling="no"></iframe>
HTML

"${CHROMIUM:-chromium}" --headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars \
  --user-data-dir="$work/profile" --virtual-time-budget=5000 --window-size=1702,978 \
  --screenshot="$PWD/docs/images/site.png" "file://$work/frame.html"
