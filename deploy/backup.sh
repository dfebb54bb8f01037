#!/usr/bin/env bash
# Backs up the database and the secret while the bot runs, and keeps a list of erasures beside them.
#
#   deploy/backup.sh FOLDER                  writes worthwhile-TIME.db or .dump, and .secret beside it
#   deploy/backup.sh --erasures-only FOLDER  only brings FOLDER/erasures.txt up to date: cheap, for every few minutes
#
# A backup older than KEEP_DAYS (30) is deleted: it holds what people have erased since. The list stays.
set -euo pipefail
umask 077
# shellcheck source=deploy/database.sh
. "$(dirname "${BASH_SOURCE[0]}")/database.sh"

only=
if [ "${1:-}" = --erasures-only ]; then
    only=yes
    shift
fi
if [ $# -ne 1 ] || [ "${1#-}" != "$1" ]; then
    printf 'usage: backup.sh [--erasures-only] FOLDER\n' >&2
    exit 2
fi
folder=$1
mkdir -p "$folder"
find_database

copy_sqlite() {  # copy_sqlite TO: one consistent copy, whatever is being written meanwhile; then reads it whole
    "$python" - "$file" "$1" <<'PYTHON'
import sqlite3, sys

source, copy = sqlite3.connect(sys.argv[1], timeout=30), sqlite3.connect(sys.argv[2])
source.backup(copy)
copy.execute("PRAGMA journal_mode=DELETE")
# What is wrong with the pages comes first. SQLite 3.40 also calls values NULL that are none, in tables without row ids.
found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
if found != "ok" and not found.startswith("NULL value in"):
    sys.exit(f"backup.sh: the copy is damaged: {found}")
PYTHON
}

keep_secret() {  # keep_secret TO
    local kept
    kept=$(secret)
    if [ -z "$kept" ] && [ "$engine" = sqlite ] && [ -s "$file.secret" ]; then kept=$(cat "$file.secret"); fi
    [ -n "$kept" ] || stop "WORTHWHILE_SECRET is not set: without it a backup is worth little. Nothing was kept."
    printf '%s\n' "$kept" >"$1"
}

if [ "$engine" = sqlite ]; then
    need_python
    [ -f "$file" ] || stop "DATABASE_URL: there is no file $file; nothing was done."
    ending=db
else
    ending=dump
fi
keep_erasures "$folder" "$(erasures "${file:-}")"
if [ -n "$only" ]; then
    printf '%s\n' "$folder/erasures.txt"
    exit
fi

backup=$folder/worthwhile-$(date -u +%Y%m%dT%H%M%SZ).$ending
part=$folder/.part.$$
trap 'rm -f "$part" "$part.secret"' EXIT
keep_secret "$part.secret"
if [ "$engine" = sqlite ]; then
    copy_sqlite "$part"
else
    pg_dump --format custom --no-owner --no-privileges --file "$part" --dbname "$url"
    pg_restore --list "$part" >/dev/null
fi
mv "$part.secret" "$backup.secret"
mv "$part" "$backup"
find "$folder" -maxdepth 1 -name 'worthwhile-*' -mtime "+${KEEP_DAYS:-30}" -delete
printf '%s\n' "$backup"
