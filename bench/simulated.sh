# What bench/routes and bench/reconcile share: a control of its own with a fleet simulated around it.
# Sourced after common.sh, never run.
# shellcheck shell=bash

jdk=${JAVA_HOME:-$("$slipway" --print-jdk)}
docker_process='' control_process=''

clean_up_more() {
  local process
  for process in $control_process $docker_process; do kill "$process" 2> /dev/null || true; done
}

# Java with the classes of the tests. A list and no function: of a function in the background `$!` is a shell, and to
# end that leaves Java behind.
java_of_tests() { run_java=("$jdk/bin/java" -Xmx2g -cp "$root/target/test-classes:$root/target/classes:$classpath"); }

compile() {
  note "compiling"
  (cd "$root" && JAVA_HOME=$jdk mvn -B -ntp -q package -DskipTests dependency:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile="$work/classpath") > "$work/maven" 2>&1 \
    || { cat "$work/maven" >&2; die "it does not compile"; }
  classpath=$(cat "$work/classpath")
}

# start_fleet APPS DYNOS_EACH: control in a process of its own, with control's own flags.
start_fleet() {
  read_control_flags
  java_of_tests
  home=$work/home$1
  socket=$work/docker$1.sock
  mkdir -p "$home/secrets"
  local name
  for name in registry-password router-token api-key; do
    head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' > "$home/secrets/$name"
  done
  note "filling $1 apps with $2 dynos each"
  "${run_java[@]}" dev.slipway.rollout.ManyApps "$home" "$(cat "$home/secrets/api-key")" "$1" "$2" \
    > "$work/fill.log" 2>&1 || die "filling failed: $(tail -1 "$work/fill.log")"
  "${run_java[@]}" dev.slipway.fleet.SimulatedDocker "$socket" "$home/control.db" > "$work/docker.log" 2>&1 &
  docker_process=$!
  for _ in $(seq 100); do if [ -S "$socket" ]; then break; fi; sleep 0.1; done
  SLIPWAY_HOME=$home SLIPWAY_DOCKER_SOCKET=$socket SLIPWAY_API_PORT=17080 SLIPWAY_TLS_PORT=17443 \
    SLIPWAY_ROUTER_PORT=17070 "$jdk/bin/java" "${flags[@]}" -jar "$root/target/slipway.jar" server \
    > "$work/server$1.log" 2>&1 &
  control_process=$!
  for _ in $(seq 300); do
    if curl --silent --fail --output /dev/null http://127.0.0.1:17080/health; then return; fi
    sleep 0.1
  done
  die "control did not start: $(tail -3 "$work/server$1.log")"
}

stop_fleet() {
  clean_up_more
  wait 2> /dev/null || true
  control_process='' docker_process=''
}

# measure MODE ROUTERS TRIES: figures to the file of that name.
measure() {
  "${run_java[@]}" dev.slipway.fleet.FleetBench "$1" "$home" 17080 17070 "$socket" "$2" "$3" > "$work/figures" \
    || die "the bench broke off; control said: $(tail -5 "$work"/server*.log)"
  note "$(tr '\n' ',' < "$work/figures")"
}
of() { sed -n "s/^$1 //p" "$work/figures"; }

# The most memory that control ever had, in megabytes.
most_megabytes() { awk '/^VmHWM:/ { printf "%.0f\n", $2 / 1024 }' "/proc/$control_process/status"; }
