#!/bin/sh
# Tests of the command as a shell sees it: what it prints, where, and how it exits.
set -u
slipway=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)/slipway
# shellcheck source=src/test/shell/expect.sh
. "$(dirname -- "$0")/expect.sh"
trap 'rm -rf "$scratch"' EXIT

expect 'version' 0 "$slipway" --version
says out 'slipway '
expect 'help' 0 "$slipway" --help
says out './slipway demo'
expect 'no command gives help' 0 "$slipway"
says out 'Usage: slipway'
for command in up down status doctor env heroku demo load; do
	expect "help of $command" 0 "$slipway" help "$command"
	says out "slipway $command"
done
expect 'unknown command' 2 "$slipway" deplyo
says err 'deplyo'
expect 'unknown option' 2 "$slipway" up --fast
says err "--fast"
expect 'purge without a yes' 2 "$slipway" down --purge
says err 'Nothing was removed'
says err 'Next: '
expect 'no JDK' 8 env JAVA_HOME=/nowhere SLIPWAY_JDKS=/nowhere/* "$slipway" --version
says err 'no JDK 25'
says err 'Next: '
expect 'no colours away from a terminal' 1 grep -q "$(printf '\033')" "$scratch/err"
expect 'from another directory, through a link' 0 sh -c \
	"ln -s '$slipway' '$scratch/link' && cd / && '$scratch/link' --version"

if [ "$(id -u)" = 0 ] && docker info >/dev/null 2>&1 && "$slipway" status >/dev/null 2>&1; then
	expect 'status' 0 "$slipway" status
	says out 'control'
	expect 'status as JSON' 0 sh -c "'$slipway' status --json | tee /dev/stderr | node -e 'JSON.parse(require(\"fs\").readFileSync(0))' 2>&1"
	says err '"parts"'
	expect 'doctor as JSON' 0 sh -c "'$slipway' doctor --json | tee /dev/stderr | node -e 'JSON.parse(require(\"fs\").readFileSync(0))' 2>&1"
	says err '"subject"'
	expect 'env is read by a shell' 0 sh -c "eval \"\$('$slipway' env)\" && test -n \"\$HEROKU_API_KEY\" && echo \"\$HEROKU_HOST\""
	says out 'http://localhost:7080'
fi

start=$(date +%s%N)
"$slipway" --version >/dev/null
took=$((($(date +%s%N) - start) / 1000000))
echo "slipway --version: $took ms (bar 300)"
echo "$tests checks, $failures failed"
[ "$failures" = 0 ]
