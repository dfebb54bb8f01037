# What backup.sh and restore.sh share: where the database is, from the bot's own settings. Sourced, not run.
# Of the settings only DATABASE_URL and WORTHWHILE_SECRET are read: from the environment, else from ./.env.

stop() {  # stop WORDS: one line on stderr, exit 1
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

setting() {  # setting NAME: its value, from the environment, from .env, or nothing
    if [ -n "${!1:-}" ]; then
        printf '%s' "${!1}"
    elif [ -f .env ]; then
        sed -n "s/^$1=//p" .env | tail -n 1 | sed -e 's/^"\(.*\)"$/\1/' -e "s/^'\(.*\)'\$/\1/"
    fi
}

decoded() {  # decoded TEXT: %41 becomes A, as in URLs
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

# Sets engine, and file (SQLite) or url (PostgreSQL). A password moves from the URL into the environment
# of the client programs: arguments can be read by everybody on the machine.
find_database() {
    local given credentials
    given=$(setting DATABASE_URL)
    given=${given:-sqlite:///data/worthwhile.db}
    case $given in
        sqlite:///*)
            engine=sqlite file=${given#sqlite:///}
            ;;
        postgresql://* | postgresql+psycopg://*)
            engine=postgresql url=postgresql://${given#*://}
            credentials=${url#postgresql://}
            credentials=${credentials%%/*}
            if [[ $credentials == *:*@* ]]; then
                credentials=${credentials%@*}
                PGPASSWORD=$(decoded "${credentials#*:}")
                export PGPASSWORD
                url=postgresql://${credentials%%:*}@${url#*@}
            fi
            ;;
        *) stop "DATABASE_URL is neither sqlite:///FILE nor postgresql://...; nothing was done." ;;
    esac
}

# The secret, as the bot reads it: a file that is named wins.
secret() {
    local path
    path=$(setting WORTHWHILE_SECRET_FILE)
    if [ -n "$path" ]; then cat "$path"; else setting WORTHWHILE_SECRET; fi
}

# Sets python to the one that the bot runs with: SQLite's own means are in it. Fails where there is none.
find_python() {
    local folder
    folder=$(dirname "${BASH_SOURCE[0]}")/..
    for python in "${PYTHON:-}" "$folder/.venv/bin/python" /opt/venv/bin/python python3; do
        if [ -n "$python" ] && command -v "$python" >/dev/null; then return; fi
    done
    return 1
}

need_python() {
    find_python || stop "No Python was found; name the bot's in PYTHON."
}

# Prints a line for each erasure: the keyed mark of who it was, and the day. Nobody is recognised in it
# without the secret.
erasures() {
    if [ "$engine" = sqlite ]; then
        "$python" - "$1" <<'PYTHON'
import sqlite3, sys
from pathlib import Path

database = sqlite3.connect(f"{Path(sys.argv[1]).absolute().as_uri()}?mode=rw", uri=True, timeout=30)
for mark, day in database.execute("SELECT lower(hex(slack_mark)), erased_on FROM tombstone"):
    print(mark, day)
PYTHON
    else
        psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 --dbname "$url" \
            --command "SELECT encode(slack_mark, 'hex') || ' ' || erased_on FROM tombstone"
    fi
}

# keep_erasures FOLDER LINES: adds them to the list that lies beside the backups, each once.
keep_erasures() {
    local list=$1/erasures.txt
    { [ ! -f "$list" ] || cat "$list"; printf '%s\n' "$2"; } | sed '/^$/d' | sort -u >"$list.part"
    mv "$list.part" "$list"
}
