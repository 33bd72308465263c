#!/bin/sh
# Tests of images/wall/parts with processes of its own, with a stand-in for the engine: which containers it starts. Needs
# root, jq and perl, and takes some seconds.
set -u
parts=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)/images/wall/parts
self=$(readlink -f -- "$0")

# So that the engine of this machine is not seen.
[ "${1-}" = inside ] || exec unshare --net --pid --fork --kill-child --mount --mount-proc -- sh "$self" inside

# shellcheck source=src/test/shell/expect.sh
. "$(dirname -- "$0")/expect.sh"
trap 'rm -rf "$scratch"' EXIT
mount -t tmpfs none /run
export answers="$scratch/answers"
mkdir -p "$answers/containers"

# Answers each path with the file of its name, and notes what it is to start.
cat >"$scratch/engine" <<'END'
use IO::Socket::UNIX;
my $server = IO::Socket::UNIX->new(Local => "/run/docker.sock", Listen => 9) or die;
open my $comm, ">", "/proc/$$/comm" or die; print $comm "dockerd"; close $comm;
while (my $client = $server->accept) {
	my ($method, $path) = <$client> =~ m{^(\S+) ([^?\s]+)};
	if ($method eq "POST") { open my $log, ">>", "$ENV{answers}/started"; print $log "$path\n"; print $client "HTTP/1.0 204 No Content\r\n\r\n" }
	elsif (open my $file, "<", "$ENV{answers}$path") { local $/; print $client "HTTP/1.0 200 OK\r\n\r\n", <$file> }
	else { print $client "HTTP/1.0 404 Not Found\r\n\r\n{}" }
	close $client;
}
END

# container ID LABELS ERROR POLICY
container() {
	mkdir -p "$answers/containers/$1"
	printf '{"State":{"Running":false,"Error":"%s"},"HostConfig":{"RestartPolicy":{"Name":"%s"}}}' "$3" "$4" \
		>"$answers/containers/$1/json"
	all="$all${all:+,}{\"Id\":\"$1\",\"Labels\":$2}"
	echo "[$all]" >"$answers/containers/json"
}
all=
container gate '{"slipway.system":"gate"}' 'could not attach to network' always
container database '{"slipway.postgres":"1"}' 'could not attach to network' always
container stopped '{"slipway.system":"registry"}' '' always
container seat '{"slipway.system":"builder"}' 'could not attach to network' no
container theirs '{"com.example":"x"}' 'could not attach to network' always
container plain 'null' 'could not attach to network' always

: >"$answers/started"
"$parts" keep >"$scratch/log" 2>&1 &
sleep 1
perl "$scratch/engine" &
left=100
until [ "$(wc -l <"$answers/started" 2>/dev/null)" = 2 ] || [ "$left" = 0 ]; do
	left=$((left - 1))
	sleep 0.1
done
sleep 1
expect 'what could not start is started, and nothing else' 0 sort "$answers/started"
says out /containers/database/start
says out /containers/gate/start
expect 'only these' 0 wc -l "$answers/started"
says out '2 '
expect 'what is not understood' 2 "$parts" look
echo "$tests checks, $failures failed"
[ "$failures" = 0 ] || { cat "$scratch/log"; exit 1; }
