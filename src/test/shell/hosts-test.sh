#!/usr/bin/env bash
# Tests of the test hosts: three of them become a swarm, lose power and cables, and leave nothing behind.
# Needs root, a Docker Engine of this machine's with debian:trixie-slim, and about two minutes.
set -uo pipefail
hosts=$(cd -- "$(dirname -- "$0")/../../.." && pwd)/bin/hosts
image=debian:trixie-slim
# shellcheck source=src/test/shell/expect.sh
. "$(dirname -- "$0")/expect.sh"

finish() {
	"$hosts" down
	docker rm -f slipway-hosts-test >/dev/null 2>&1
	rm -rf "$scratch"
}
trap finish EXIT

# within SECONDS COMMAND...: the command succeeds in that time.
within() {
	local ends=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		((SECONDS < ends)) || return 1
		sleep 0.5
	done
}

on() { "$hosts" ssh "$@" </dev/null; }

start_engine() {
	# shellcheck disable=SC2016 # the host's shell expands it
	on "$1" 'dockerd >/var/log/dockerd.log 2>&1 & echo started'
}

has_engine() { on "$1" docker info; }
node_is() { on 1 docker node ls --format '{{.Hostname}}={{.Status}}' | grep -qx "slipway-test-$1=$2"; }

# answerer NAME: a program that answers on port 80 with the name.
answerer() {
	# shellcheck disable=SC2016 # Perl expands it
	printf 'my $server = IO::Socket::INET->new(LocalPort => 80, Listen => 9, ReuseAddr => 1) or die;
		while (my $client = $server->accept) { print $client qq(%s\\n); close $client }' "$1"
}

run_answerer() {
	on "$1" "docker run -d --restart always --name answerer --network-alias answerer-$1 --network test $image \
		perl -MIO::Socket::INET -e '$(answerer "answerer-$1")'"
}

# ask FROM TO: what the container on one host hears from that on another, by name.
ask() { on "$1" "docker exec answerer timeout 3 bash -c 'cat </dev/tcp/answerer-$2/80'"; }
hears() { [ "$(ask "$1" "$2")" = "answerer-$2" ]; }

# All that hosts could leave on this machine, and that must be as it was. Counts and the order of Docker's rules aside.
traces() {
	ip -o link show | grep -o 'slipway-host[^:@]*'
	iptables-save | grep -E '10\.213|slipway-host|slipway-test'
	cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/bridge/bridge-nf-call-iptables 2>/dev/null
	grep slipway-test /proc/*/mountinfo 2>/dev/null
	losetup -a | grep slipway-test
	pgrep -af '^slipway-test-|bin/hosts \.'
	ls -d /var/lib/slipway-test-hosts*
	find /sys/fs/cgroup -name 'slipway-test*'
} 2>/dev/null

# A container of this machine's own engine, which must answer all the time.
run_own() {
	docker run -d --rm --label slipway.test --name slipway-hosts-test -p 127.0.0.1::80 "$image" \
		perl -MIO::Socket::INET -e "$(answerer own)"
}

own_answers() {
	local port
	port=$(docker port slipway-hosts-test 80) &&
		[ "$(timeout 3 bash -c "cat </dev/tcp/${port/://}")" = own ] &&
		docker exec slipway-hosts-test getent hosts deb.debian.org
}

"$hosts" down
traces >"$scratch/traces"
expect 'a container of this machine' 0 run_own
expect 'it answers' 0 within 10 own_answers

expect 'help' 0 "$hosts" --help
says out 'Usage: bin/hosts'
expect 'unknown command' 2 "$hosts" upp
says err 'unknown command "upp"'
expect 'up without a number' 2 "$hosts" up
expect 'a host that is not there' 1 "$hosts" kill 7
says err 'there is no host 7'
expect 'no hosts' 0 "$hosts" status --json
says out '[]'

expect 'up' 0 "$hosts" up 3
expect 'up again' 0 "$hosts" up 3
expect 'status' 0 "$hosts" status
says out 'slipway-test-3'
says out 'power on, cable in, engine stopped'
expect 'a name of its own' 0 on 2 hostname
says out slipway-test-2
expect 'nothing of Slipway, nor of this machine' 1 on 2 'ls /var/lib/slipway /var/log/slipway /var/lib/docker/* /root/* /etc/docker 2>/dev/null | grep .'
expect 'none of the processes of this machine' 1 on 2 pgrep dockerd
expect 'sudo' 0 on deploy@2 sudo -n id
says out 'uid=0'
expect 'sudo that asks' 1 on careful@2 sudo -n id
expect 'sudo that was told' 0 on careful@2 'echo slipway | sudo -S id'
says out 'uid=0'
expect 'the outside' 0 on 2 'apt-get -q update'

for n in 1 2 3; do
	expect "Docker starts on $n" 0 start_engine "$n"
done
for n in 1 2 3; do
	expect "Docker runs on $n when who started it is gone" 0 within 30 has_engine "$n"
	expect "an image for $n" 0 sh -c "docker save $image | '$hosts' ssh $n docker load"
done
expect 'status of engines' 0 "$hosts" status --json
says out '"engine":"running"'
expect 'a swarm' 0 on 1 'docker swarm init --advertise-addr eth0 --default-addr-pool 10.214.0.0/16'
token=$(on 1 docker swarm join-token -q worker)
manager=$(on 1 hostname -I | cut -d' ' -f1)
for n in 2 3; do
	expect "join of $n" 0 on "$n" docker swarm join --token "$token" "$manager:2377"
done
expect 'an overlay network' 0 on 1 docker network create -d overlay --attachable test
for n in 1 2 3; do
	expect "a container on $n" 0 run_answerer "$n"
done
for from in 1 2 3; do
	for to in 1 2 3; do
		expect "$from hears $to" 0 within 15 hears "$from" "$to"
	done
done

expect 'kill' 0 "$hosts" kill 2
expect 'ssh to a host without power' 1 "$hosts" ssh 2 true
says err 'host 2 is off'
expect 'the swarm misses 2' 0 within 60 node_is 2 Down
expect 'start' 0 "$hosts" start 2
expect 'Docker runs on 2 again' 0 within 30 has_engine 2
expect 'the swarm has 2 again' 0 within 60 node_is 2 Ready
expect 'its container is back' 0 within 30 hears 2 1
expect 'and is heard' 0 within 30 hears 3 2

expect 'cut' 0 "$hosts" cut 3
expect 'the swarm misses 3' 0 within 60 node_is 3 Down
expect 'heal' 0 "$hosts" heal 3
expect 'the swarm has 3 again' 0 within 60 node_is 3 Ready
expect '1 hears 3 again' 0 within 60 hears 1 3

expect 'move' 0 "$hosts" move 3 10.213.0.113
expect 'it is at the other address' 0 on 3 'hostname -I | grep -qw 10.213.0.113'

expect 'full' 0 "$hosts" full 3
expect 'no room' 1 on 3 'echo something >/var/lib/slipway-something'
expect 'roomy' 0 "$hosts" roomy 3
expect 'room' 0 on 3 'echo something >/var/lib/slipway-something'

expect "this machine's container answers" 0 own_answers
traces >"$scratch/traces-between"
expect 'traces are seen' 1 diff "$scratch/traces" "$scratch/traces-between"
expect 'down' 0 "$hosts" down
expect 'down again' 0 "$hosts" down
traces >"$scratch/traces-after"
expect 'nothing is left' 0 diff "$scratch/traces" "$scratch/traces-after"
expect "this machine's container answers still" 0 own_answers

expect 'hosts without Docker' 0 "$hosts" up 1 --bare
expect 'no Docker there' 1 on 1 'command -v docker dockerd containerd runc'
expect 'status of a bare host' 0 "$hosts" status
says out bare

# Whenever `up` is interrupted, the next one completes it, and down removes it.
for delay in 0.05 0.1 0.3 0.7 1 2 3 4; do
	expect 'down before an interrupted up' 0 "$hosts" down
	timeout -s KILL "$delay" "$hosts" up 2 >/dev/null 2>&1
	expect "up after an up that was killed after $delay s" 0 "$hosts" up 2
	expect "hosts of an up that was killed after $delay s" 0 on 2 hostname
	expect 'down' 0 "$hosts" down
	timeout -s KILL "$delay" "$hosts" up 2 >/dev/null 2>&1
	expect "down after an up that was killed after $delay s" 0 "$hosts" down
	traces >"$scratch/traces-after"
	expect "nothing is left of an up that was killed after $delay s" 0 diff "$scratch/traces" "$scratch/traces-after"
done

echo "$tests checks, $failures failed"
[ "$failures" = 0 ]
