#!/bin/sh
# Install what a browser test, a readable page, a mailbox or another calendar program needs from the system, where that
# is possible (root on Debian); elsewhere say what is missing. Arguments: chromium, fonts, dovecot, libical, node, java.
set -eu
cd "$(dirname "$0")"
missing=""
scripts=""
for wanted in "$@"; do
  case "$wanted" in
    dovecot)
      PATH="$PATH:/usr/sbin" command -v dovecot >/dev/null 2>&1 || missing="$missing dovecot-imapd"
      PATH="/usr/lib/dovecot:/usr/libexec/dovecot:/usr/local/libexec/dovecot" command -v lmtp >/dev/null 2>&1 ||
        missing="$missing dovecot-lmtpd" ;;
    libical) /sbin/ldconfig -p 2>/dev/null | grep -q 'libical\.so' || missing="$missing libical3" ;;
    node)
      scripts=web/calendars
      command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 || missing="$missing nodejs npm" ;;
    java) command -v java >/dev/null 2>&1 || missing="$missing openjdk-17-jre-headless" ;;
    chromium) command -v chromium >/dev/null 2>&1 || missing="$missing chromium" ;;
    # One package has Naskh, Nastaliq and Ethiopic.
    fonts) fc-list 2>/dev/null | grep -qi 'noto.*ethiopic' || missing="$missing fontconfig fonts-noto-core" ;;
  esac
done
if [ -z "$missing" ]; then
  :
elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
  echo "Not installed:$missing. On Debian: sudo apt-get install --no-install-recommends$missing" >&2
  echo "Tests that need what is missing (a browser, a mailbox, other calendar programs) are skipped; without the" >&2
  echo "fonts Arabic, Urdu and Tigrinya may look wrong." >&2
fi
# The programs in JavaScript, exactly as the lock file has them; without a network their tests are skipped.
if [ -n "$scripts" ] && command -v npm >/dev/null 2>&1 &&
  [ ! "$scripts/node_modules/.package-lock.json" -nt "$scripts/package-lock.json" ]; then
  npm ci --prefix "$scripts" --ignore-scripts --no-audit --no-fund --silent || rm -rf "$scripts/node_modules"
fi
