# What the benches share: the API, apps made from a sample, figures. Sourced, never run.
# shellcheck shell=bash

shopt -s inherit_errexit
export LC_ALL=C

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
slipway=$root/slipway
docker=${DOCKER:-docker}
missed=0
apps=()
work=$(mktemp -d)

die() {
  echo "bench: $*" >&2
  exit 2
}

note() { printf '%s %s\n' "$(date +%T)" "$*" >&2; }

# Prints the comment at the top of the bench, from its second line on.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$1"; }

now_ms() { date +%s%3N; }

# ---- figures -------------------------------------------------------------------------------------

# figure NAME VALUE UNIT BAR: met when VALUE <= BAR.
figure() {
  local verdict=met
  if ! awk -v v="$2" -v b="$4" 'BEGIN { exit !(v ~ /^[0-9.]+$/ && v <= b) }'; then
    verdict=missed
    missed=1
  fi
  echo "$1: $2${3:+ $3} (bar <= $4${3:+ $3}) $verdict"
}

# The middle of the numbers given.
median() {
  printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 }
    END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f\n", a / b }'; }

seconds() { awk -v ms="$1" 'BEGIN { printf "%.2f\n", ms / 1000 }'; }

# json EXPRESSION: what it gives for the JSON document on stdin, named `it`.
json() {
  node -e 'const it = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const found = eval(process.argv[1]);
    console.log(typeof found === "string" ? found : JSON.stringify(found));' "$1"
}

# read_control_flags: the flags that control's Java gets, in the array `flags`.
read_control_flags() {
  flags=()
  local line flag
  while read -r -a line; do
    for flag in "${line[@]}"; do
      case $flag in -X*) flags+=("$flag") ;; esac
    done
  done < <(sed -n '/^flags=(/,/^)/p' "$root/images/control/control")
  [ ${#flags[@]} -gt 0 ] || die "images/control/control has no flags"
}

# ---- the API -------------------------------------------------------------------------------------

need_up() {
  [ -x "$slipway" ] || die "there is no $slipway"
  local environment
  environment=$("$slipway" env) || die "slipway env failed: is the machine up? Type ./slipway up"
  eval "$environment"
  export HEROKU_API_KEY
  api=${HEROKU_HOST:-http://localhost:7080}
  case $api in http*) ;; *) api=https://$api ;; esac
  curl --silent --fail --output /dev/null "$api/health" \
    || die "no answer from $api: type ./slipway up"
}

# api METHOD PATH [JSON]: the answer's body; fails on a status that is not 2xx, and shows it.
api() {
  local method=$1 path=$2 body=${3-}
  local arguments=(--silent --show-error --fail-with-body --request "$method")
  [ -z "$body" ] || arguments+=(--header 'Content-Type: application/json' --data "$body")
  curl "${arguments[@]}" --config <(printf 'header = "Authorization: Bearer %s"\n' "$HEROKU_API_KEY") \
    --header 'Accept: application/vnd.heroku+json; version=3' "$api$path"
}

newest_release() {
  curl --silent --fail --config <(printf 'header = "Authorization: Bearer %s"\n' "$HEROKU_API_KEY") \
    --header 'Accept: application/vnd.heroku+json; version=3' \
    --header 'Range: version ..; order=desc,max=1' "$api/apps/$1/releases" | json "${2:-it[0].version}"
}

# create_app NAME: the app, remembered for clean_up; its id's start, which its services' names have.
create_app() {
  api POST /apps "{\"name\":\"$1\"}" > "$work/$1.json" || die "can't create $1: $(cat "$work/$1.json")"
  apps+=("$1")
}

service_prefix() { json 'it.id.replaceAll("-", "").slice(0, 12)' < "$work/$1.json"; }

scale() { api PATCH "/apps/$1/formation" "{\"updates\":[{\"type\":\"web\",\"quantity\":$2}]}" > /dev/null; }

# settle APP COUNT: waits until the newest release has that many web dynos, all up.
settle() {
  local deadline=$((SECONDS + 180)) version
  while [ "$SECONDS" -lt "$deadline" ]; do
    if version=$(newest_release "$1") && [ "$(api GET "/apps/$1/dynos" | json "it.filter(d =>
        d.type === 'web' && d.state === 'up' && d.release.version === $version).length")" = "$2" ]; then
      return
    fi
    sleep 0.5
  done
  die "$1 has not $2 web dynos of its newest release up after 180 s"
}

# running_tasks NAME: how many tasks of services whose name begins so run, on whichever host; one that is being ended
# counts until it has ended.
running_tasks() {
  local nodes
  mapfile -t nodes < <("$docker" node ls --quiet)
  "$docker" node ps "${nodes[@]}" --filter "name=$1" --format '{{.CurrentState}}' | grep -c '^Running' || true
}

# quiet APP COUNT: waits until the app has that many dynos in the engine, so that no rollout goes on.
quiet() {
  local deadline=$((SECONDS + 180)) prefix
  prefix=$(service_prefix "$1")
  while [ "$SECONDS" -lt "$deadline" ]; do
    # The filter also matches the start of a name.
    if [ "$("$docker" service ls --quiet --filter "name=$prefix-web-" | wc -l)" -eq "$2" ] \
        && [ "$(running_tasks "$prefix-web-")" -eq "$2" ]; then
      sleep 1
      return
    fi
    sleep 0.5
  done
  die "$1 has not come to rest with $2 dynos after 180 s"
}

# ---- apps from a sample --------------------------------------------------------------------------

# checkout_sample SAMPLE FOLDER: a git repository of its own with the sample in it.
checkout_sample() {
  mkdir -p "$2"
  cp -R "$root/samples/$1/." "$2"
  git -C "$2" init --quiet --initial-branch main
  commit "$2" "Start"
}

commit() {
  git -C "$1" add --all
  git -C "$1" -c user.name=bench -c user.email=bench@localhost commit --quiet --message "$2"
}

# push APP FOLDER: git push; its output to FOLDER.log.
push() {
  # The helper reads the key from the environment, so that it stands on no command line.
  local helper='!f() { echo username=bench; echo "password=$HEROKU_API_KEY"; }; f'
  GIT_TERMINAL_PROMPT=0 git -C "$2" -c credential.helper= -c credential.helper="$helper" \
    push --quiet "$api/$1.git" main >> "$2.log" 2>&1 || { cat "$2.log" >&2; die "the push to $1 failed"; }
}

# change FOLDER: one line of the sample's server.js.
change() {
  printf '// change %s\n' "$(date +%s%N)" > "$work/line"
  sed -i "1{/^\/\/ change /d}" "$1/server.js"
  cat "$work/line" "$1/server.js" > "$work/changed" && cp "$work/changed" "$1/server.js"
  commit "$1" "Change one line"
}

# ---- the end -------------------------------------------------------------------------------------

clean_up() {
  local status=$?
  trap - EXIT
  if declare -F clean_up_more > /dev/null; then clean_up_more; fi
  for app in "${apps[@]}"; do
    api DELETE "/apps/$app" > /dev/null 2>&1 || echo "bench: can't destroy $app" >&2
  done
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

verdict() { exit "$missed"; }
