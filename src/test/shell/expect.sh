# What shell tests share: to run a command, and to expect of it how it ends and what it says. Sourced, never run.
# shellcheck shell=sh
scratch=$(mktemp -d)
tests=0 failures=0

# expect NAME STATUS COMMAND...: runs the command, keeps its output in $scratch/out and $scratch/err.
expect() {
	name=$1 wanted=$2
	shift 2
	tests=$((tests + 1))
	status=0
	"$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
	if [ "$status" != "$wanted" ]; then
		failures=$((failures + 1))
		echo "FAILED: $name: exit status $status, expected $wanted" >&2
		cat "$scratch/out" "$scratch/err" >&2
	fi
}

# says STREAM TEXT: the stream of the last command holds the text.
says() {
	tests=$((tests + 1))
	if ! grep -qF -- "$2" "$scratch/$1"; then
		failures=$((failures + 1))
		echo "FAILED: $name: no \"$2\" in its std$1:" >&2
		cat "$scratch/$1" >&2
	fi
}
