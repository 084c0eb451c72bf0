# shellcheck shell=sh disable=SC2154
# Sourced by run and test, with $root set to the checkout. POSIX sh: Alpine has no bash, macOS an old one.

# ready LOCK: return once .venv holds what LOCK asks for, or exit 1 with a line that says what to do.
# setup.py leaves a copy of the lock file in .venv as its very last step, and makes .venv with the
# interpreter's versioned path, which is gone after an upgrade of Python: so two looks are enough.
ready() {
    if [ ! -x "$root/.venv/bin/python" ] || ! cmp -s "$root/$1" "$root/.venv/$1"; then
        python=$(find_python) || {
            echo "pptui: Python 3.11 or newer is needed: install python3 with your package manager" \
                "(on macOS: brew install python), or set PPTUI_PYTHON to one, and run this again" >&2
            exit 1
        }
        "$python" -I "$root/scripts/setup.py" "$1" || exit
    fi
}

find_python() {
    if [ -n "${PPTUI_PYTHON:-}" ]; then
        set -- "$PPTUI_PYTHON"
    else
        set -- python3 python3.14 python3.13 python3.12 python3.11 /opt/homebrew/bin/python3
    fi
    for candidate; do
        path=$(command -v -- "$candidate") || continue
        # macOS: before Apple's developer tools are installed this one opens a dialog about them.
        [ "$path" = /usr/bin/python3 ] && [ -d /System/Library/CoreServices ] && continue
        if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s\n' "$path"
            return
        fi
    done
    uv python find --no-python-downloads '>=3.11' 2>/dev/null
}
