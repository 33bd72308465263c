#!/bin/sh
# Tests of images/wall/ports in namespaces of its own, with a stand-in for the engine: what it answers, and what rules
# come of it. Needs root, nft, jq and perl, and takes half a minute.
set -u
ports=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)/images/wall/ports
self=$(readlink -f -- "$0")

# In a network and with processes of its own, so that the engine of this machine is not seen.
[ "${1-}" = inside ] || exec unshare --net --pid --fork --kill-child --mount --mount-proc -- sh "$self" inside

# shellcheck source=src/test/shell/expect.sh
. "$(dirname -- "$0")/expect.sh"
trap 'rm -rf "$scratch"' EXIT
mount -t tmpfs none /run
ip link set lo up
export SLIPWAY_NAMESPACE=1-abcdefghij SLIPWAY_PORTS=fleet answers=$scratch/answers
mkdir -p "$answers/networks"

# Answers each path with the file of its name, and with 503 where there is none, as an engine that is no manager does.
cat >"$scratch/engine" <<'END'
use IO::Socket::UNIX;
unlink "/run/docker.sock";
my $server = IO::Socket::UNIX->new(Local => "/run/docker.sock", Listen => 9) or die;
open my $comm, ">", "/proc/$$/comm" or die; print $comm "dockerd"; close $comm;
while (my $client = $server->accept) {
	my ($path) = <$client> =~ m{^GET (\S+)};
	if (open my $file, "<", "$ENV{answers}$path") { local $/; print $client "HTTP/1.0 200 OK\r\n\r\n", <$file> }
	else { print $client "HTTP/1.0 503 Service Unavailable\r\n\r\n{}" }
	close $client;
}
END
perl "$scratch/engine" &
engine=$!
"$ports" keep >"$scratch/log" 2>&1 &
keeper=$!

# within COMMAND...: the command succeeds within six seconds.
within() {
	left=60
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ "$left" -gt 0 ] || return 1
		sleep 0.1
	done
}
peers() { nft list chain inet slipway input | grep -o '[0-9.]\{7,\}' | sort | paste -sd ' '; }
peers_are() { [ "$(peers)" = "$1" ]; }
guards() { nft list chain inet slipway input | grep -q 'tcp dport { 2377, 7946 } counter'; }

nft 'table inet own { chain input { tcp dport 4711 drop; }; }'

sleep 3
expect 'an engine that says nothing changes nothing' 1 nft list table inet slipway

echo '[{"Status":{"Addr":"0.0.0.0"},"ManagerStatus":{"Addr":"10.0.0.1:2377"}},{"Status":{"Addr":"10.0.0.2"},
	"Spec":{"Labels":{"Addr":"10.9.9.9","Text":"a\\nb"}}},{"Status":{"Addr":"; flush ruleset"}}]' >"$answers/nodes"
expect "a manager lets in the Swarm's nodes" 0 within peers_are '10.0.0.1 10.0.0.2'
expect 'and nobody else' 0 guards

expect 'who joins is admitted' 0 "$ports" admit 10.0.0.3
expect 'and again' 0 "$ports" admit 10.0.0.3
expect 'it is in' 0 peers_are '10.0.0.1 10.0.0.2 10.0.0.3'
echo '[{"Status":{"Addr":"10.0.0.1"}}]' >"$answers/nodes"
expect 'a node that was forgotten is out, and who joins stays in' 0 within peers_are '10.0.0.1 10.0.0.3'

nft delete table inet slipway
expect 'rules that were deleted come back' 0 within guards
nft flush chain inet slipway input
expect 'rules that were emptied come back' 0 within peers_are '10.0.0.1 10.0.0.3'
nft flush ruleset
expect 'rules that were flushed come back' 0 within peers_are '10.0.0.1 10.0.0.3'
nft 'table inet own { chain input { tcp dport 4711 drop; }; }'

rm /run/slipway-admitted
expect 'who was to join and did not is out' 0 within peers_are '10.0.0.1'
rm "$answers/nodes"
echo '{"Swarm":{"NodeAddr":"10.0.0.2","RemoteManagers":[{"NodeID":"x","Addr":"10.0.0.1:2377"}]}}' >"$answers/info"
expect 'a worker lets the managers in' 0 within peers_are '10.0.0.1'
echo '{"Peers":[{"Name":"a","IP":"10.0.0.4"},{"Name":"b","IP":"10.0.0.2"}]}' >"$answers/networks/abcdefghij"
expect 'and who has the network' 0 within peers_are '10.0.0.1 10.0.0.2 10.0.0.4'

rm "$answers/info"
sleep 3
expect 'an engine that is away changes nothing' 0 peers_are '10.0.0.1 10.0.0.2 10.0.0.4'
kill "$engine"
sleep 3
expect 'nor one that is gone' 0 peers_are '10.0.0.1 10.0.0.2 10.0.0.4'
perl "$scratch/engine" &
echo '{"Swarm":{"RemoteManagers":[{"NodeID":"x","Addr":"10.0.0.1:2377"}]}}' >"$answers/info"
rm "$answers/networks/abcdefghij"
sleep 3
expect 'without news of the others they stay in' 0 peers_are '10.0.0.1 10.0.0.2 10.0.0.4'
kill "$keeper"
nft delete table inet slipway
"$ports" keep >>"$scratch/log" 2>&1 &
expect 'and after a start' 0 within peers_are '10.0.0.1 10.0.0.2 10.0.0.4'
echo '1 10.0.0.4' >/run/slipway-fleet
expect 'a day later they are out' 0 within peers_are '10.0.0.1'
rm /run/slipway-fleet
nft delete table inet slipway
expect 'a worker that has just come guards its ports too' 0 within peers_are '10.0.0.1'
echo '[{"Status":{"Addr":"10.0.0.5"}}]' >"$answers/nodes"
expect 'a manager remembers nobody' 0 within peers_are '10.0.0.5'
expect 'other rules stay' 0 nft list chain inet own input
says out 4711

expect 'what is not understood' 2 "$ports" open
echo "$tests checks, $failures failed"
[ "$failures" = 0 ] || { cat "$scratch/log"; exit 1; }
