#!/bin/sh
# Install what a browser test, a readable page or a mailbox needs from the system, where that is possible (root on
# Debian); elsewhere say what is missing. Arguments: chromium, fonts, dovecot.
set -eu
missing=""
for wanted in "$@"; do
  case "$wanted" in
    dovecot) PATH="$PATH:/usr/sbin" command -v dovecot >/dev/null 2>&1 || missing="$missing dovecot-imapd" ;;
    chromium) command -v chromium >/dev/null 2>&1 || missing="$missing chromium" ;;
    # One package has Naskh, Nastaliq and Ethiopic.
    fonts) fc-list 2>/dev/null | grep -qi 'noto.*ethiopic' || missing="$missing fontconfig fonts-noto-core" ;;
  esac
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Not installed:$missing. On Debian: sudo apt-get install --no-install-recommends$missing" >&2
  echo "Without chromium the browser tests are skipped, without dovecot those of the mailbox; without the fonts" >&2
  echo "Arabic, Urdu and Tigrinya may look wrong." >&2
fi
