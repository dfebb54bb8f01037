#!/usr/bin/env bash
# Puts a backup in the place of the database, with its secret, and erases again who has erased everything since.
#
#   deploy/restore.sh FOLDER/worthwhile-TIME.db     (SQLite)
#   deploy/restore.sh FOLDER/worthwhile-TIME.dump   (PostgreSQL)
#
# Every replica has to be stopped. Erasures come from FOLDER/erasures.txt, and from the database that is replaced if
# it can still be read. PostgreSQL is replaced in one transaction; a SQLite file is moved aside.
set -euo pipefail
umask 077
# shellcheck source=deploy/database.sh
. "$(dirname "${BASH_SOURCE[0]}")/database.sh"

if [ $# -ne 1 ] || [ "${1#-}" != "$1" ]; then
    printf 'usage: restore.sh BACKUP\n' >&2
    exit 2
fi
backup=$1
[ -s "$backup" ] || stop "$backup: there is no such backup; nothing was done."
[ -s "$backup.secret" ] || stop "$backup.secret: the secret of this backup is missing; nothing was done."
folder=$(dirname "$backup")
find_database

save_erasures() {  # what the database that goes away knows, if it can be read
    local known
    if known=$(erasures "${file:-}" 2>/dev/null); then
        keep_erasures "$folder" "$known"
    else
        printf 'restore.sh: %s\n' "the database in place cannot be read: erasures come from $folder/erasures.txt alone." >&2
    fi
}

# Leaving write-ahead logging needs the file for oneself, so it tells whether a bot has it open.
settle_sqlite() {
    "$python" - "$1" <<'PYTHON'
import sqlite3, sys

try:
    sqlite3.connect(sys.argv[1], timeout=2, isolation_level=None).execute("PRAGMA journal_mode=DELETE")
except sqlite3.OperationalError as error:
    if "locked" in str(error) or "busy" in str(error):
        sys.exit("restore.sh: the database is in use. Stop the bot first; nothing was done.")
except sqlite3.DatabaseError:
    pass  # damaged: that may be why there is a restore
PYTHON
}

check_sqlite() {  # check_sqlite BACKUP; see backup.sh for what is let pass
    "$python" - "$1" 2>/dev/null <<'PYTHON' || stop "$1 is damaged, or is no SQLite file; nothing was done."
import sqlite3, sys

found = sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check(1)").fetchone()[0]
sys.exit(found != "ok" and not found.startswith("NULL value in"))
PYTHON
}

restore_sqlite() {
    local aside
    check_sqlite "$backup"
    mkdir -p "$(dirname "$file")"
    if [ -e "$file" ]; then
        settle_sqlite "$file"
        save_erasures
        aside=$file.before-$(date -u +%Y%m%dT%H%M%SZ)
        for ending in "" -wal -shm .secret; do
            if [ -e "$file$ending" ]; then mv "$file$ending" "$aside$ending"; fi
        done
        printf 'restore.sh: %s\n' "what was there is now $aside; delete it when you no longer need it." >&2
    fi
    cp "$backup.secret" "$file.secret"
    cp "$backup" "$file.part"
    mv "$file.part" "$file"
}

query() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$url" "$@"
}

restore_postgresql() {
    local others
    pg_restore --list "$backup" >/dev/null || stop "$backup is damaged, or is no dump; nothing was done."
    others=$(query --command "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'")
    [ "$others" = 0 ] || stop "the database is in use by $others others. Stop every bot first; nothing was done."
    save_erasures
    # A dump that breaks off must not be kept: the transaction then ends with an error.
    {
        printf 'DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n'
        pg_restore --no-owner --no-privileges --file - "$backup" || printf 'SELECT 1 / 0;\n'
    } | query --single-transaction --file - >/dev/null
}

if [ "$engine" = sqlite ]; then
    need_python
    restore_sqlite
else
    [ "$(secret)" = "$(cat "$backup.secret")" ] ||
        stop "WORTHWHILE_SECRET is not that of this backup: set it to what is in $backup.secret; nothing was done."
    restore_postgresql
fi
touch "$folder/erasures.txt"
here=$(dirname "${BASH_SOURCE[0]}")
if find_python && "$python" -c 'import bot' 2>/dev/null; then
    "$python" "$here/erase_again.py" "$folder/erasures.txt"
else
    printf 'restore.sh: %s\n' "restored, but not done: before any bot starts, run with the bot's Python and settings:" \
        "  python deploy/erase_again.py $folder/erasures.txt" >&2
fi
