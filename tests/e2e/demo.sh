#!/usr/bin/env bash
# The whole journey through the real programs.
#   demo.sh ROOT [--headless]
# Headless: scripted on a virtual display; exits 0 only if the barrier opened for the right person
# and stayed shut for the wrong one.  Otherwise: three windows side by side, touch them.
set -u
root=$1
shift
headless=false
case ${1:-} in
    '') ;;
    --headless) headless=true ;;
    *) echo "demo: $1: no such option; there is --headless" >&2; exit 2 ;;
esac
if ! $headless && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "demo: no display here; ./dev demo --headless shows the same without one" >&2
    exit 3
fi

bin=$root/build/release/bin
out=$root/build/demo
run=$out/run
rm -rf "$out"
mkdir -p "$run" "$out/slips" "$out/scan" "$out/gate" "$out"/kiosk-{right-zh,right-en,wrong-face}
chmod 700 "$run"
export TBC_DEVICE=$run/station/operator.device
pids=()
started=$(date +%s%N)
step_at=$started

now_ms() { echo $((($(date +%s%N) - $1) / 1000000)); }
say() { printf '%6d ms  %s\n' "$(now_ms "$step_at")" "$*"; step_at=$(date +%s%N); }
fail() {
    printf 'demo: %s\n' "$*" >&2
    tail -n 5 "$run"/*.log >&2 2>/dev/null
    exit 1
}
cleanup() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
    wait 2>/dev/null
}
trap cleanup EXIT

# until_line FILE PATTERN SECONDS: the first line from line $mark on that matches
mark=1
until_line() {
    local deadline=$(($(date +%s) + $3)) line
    while [ "$(date +%s)" -le "$deadline" ]; do
        if line=$(tail -n "+$mark" "$1" 2>/dev/null | grep -m 1 -E "$2"); then
            echo "$line"
            return 0
        fi
        sleep 0.03
    done
    return 1
}
lines() { wc -l <"$1"; }

start_station() {
    "$bin/tbc-station" --data "$run/station" --models "$root/build/models" \
        --front "$1" --feed "$2" >"$run/station.out" 2>>"$run/station.log" &
    station=$!
    pids+=("$station")
    mark=1
    ready=$(until_line "$run/station.out" '^ready ' 20) || fail "the station server did not start"
    front=$(sed -n 's/.*front=\([^ ]*\).*/\1/p' <<<"$ready")
    feed=$(sed -n 's/.*feed=\([^ ]*\).*/\1/p' <<<"$ready")
}

start_gate() {
    "$bin/tbc-gate" --device "$run/gate-1.device" --data "$run/gate" \
        --scan "pictures:$out/scan" --barrier log "$@" >"$run/gate.out" 2>"$run/gate.log" &
    pids+=("$!")
    mark=1
    until_line "$run/gate.out" '^ready ' 20 >/dev/null || fail "the gate did not start"
}

shown=0
# present PICTURE VERDICT [MORE]: hold a code before the gate and see what it says
present() {
    mark=$(($(lines "$run/gate.out") + 1))
    shown=$((shown + 1))
    cp "$1" "$out/scan/.new" && mv "$out/scan/.new" "$out/scan/$shown.png"
    got=$(until_line "$run/gate.out" '^verdict ' 10) || fail "the gate did not answer"
    grep -qE "^verdict $2( |\$)" <<<"$got" || fail "wanted $2, the gate said: $got"
    if [ "${3:-shut}" = open ]; then
        until_line "$run/gate.out" '^barrier open' 5 >/dev/null || fail "the barrier stayed shut"
    elif tail -n "+$mark" "$run/gate.out" | grep -q '^barrier open'; then
        fail "the barrier opened on $2"
    fi
    say "gate: $got"
}

# kiosk NAME PANEL PHOTOGRAPH: a scripted passenger before the camera
kiosk() {
    "$bin/tbc-kiosk" --device "$run/kiosk-1.device" --camera "dir:$3" \
        --models "$root/build/models" --panel "$2" --liveness passive \
        --printer "file:$out/slips" --shots "$out/kiosk-$1" \
        --script "$root/assets/demo/scripts/$1.txt" >"$run/kiosk-$1.out" 2>"$run/kiosk-$1.log"
}
code_of() { sed -n 's/^certificate //p' "$run/kiosk-$1.out" | tail -n 1; }
cti_of() { "$bin/tbc" inspect --json "$1" | sed -n 's/.*"cti": *"\([0-9a-f]*\)".*/\1/p' | head -n 1; }

# ---- a railway with one station

"$bin/tbc" keys make --out "$run/root.pem" >/dev/null || fail "no root key"
"$bin/tbc-station" --data "$run/station" --init --station YZN --name-zh 云州南 \
    --name-en "Yunzhou South" --desk-zh "3 号人工通道，左边 20 米" \
    --desk-en "staffed gate 3, 20 m left" 2>>"$run/station.log" || fail "station --init"
"$bin/tbc" keys make --out "$run/station/issuer.pem" >/dev/null || fail "no issuer key"
"$bin/tbc" trust make --root "$run/root.pem" --out "$run/trust.list" &&
    "$bin/tbc" trust add --list "$run/trust.list" --station YZN --key "$run/station/issuer.pem" \
        --status-uri "https://status.yzn.example/1" &&
    "$bin/tbc" trust sign --list "$run/trust.list" --root "$run/root.pem" \
        --out "$run/station/trust.cose" || fail "no trust list"
say "root key, issuer key, trust list signed"

start_station "tcp://127.0.0.1:*" "tcp://127.0.0.1:*"
say "station server ready on $front"

for d in kiosk-1:kiosk gate-1:gate; do
    "$bin/tbc" device add --role "${d#*:}" --name "${d%:*}" --out "$run/${d%:*}.device" \
        >/dev/null || fail "device ${d%:*}"
done
say "kiosk and gate enrolled with CURVE keys of their own"

"$bin/tbc" import people "$root/assets/demo/people.csv" --photos "$root/build/people" \
    --models "$root/build/models" || fail "people"
at() { date -u -d "@$(($(date +%s) + $1 * 60))" +%Y-%m-%dT%H:%M:00Z; }
cat >"$run/tickets.csv" <<END
kind,number,train,depart,from,from_zh,from_en,to,to_zh,to_en,seat,platform
cn,11010519491231002X,G1207,$(at 25),YZN,云州南,Yunzhou South,QYB,青屿北,Qingyu North,05-12F,6
cn,11010519491231002X,G1388,$(at 480),QYB,青屿北,Qingyu North,YZN,云州南,Yunzhou South,03-04A,2
cn,330102198804122048,G1207,$(at 25),YZN,云州南,Yunzhou South,QYB,青屿北,Qingyu North,05-12A,6
passport,YB1234567,D3056,$(at 28),YZN,云州南,Yunzhou South,LHG,临海港,Linhai Port,02-08C,3
END
"$bin/tbc" import tickets "$run/tickets.csv" || fail "tickets"
say "people and today's tickets imported, pictures turned into sealed templates"

for p in astronaut.png:right-zh grace_hopper.jpg:right-en; do
    mkdir -p "$run/camera-${p#*:}"
    "$bin/tbc-second-view" "$root/build/people/${p%:*}" "$run/camera-${p#*:}/view.jpg" ||
        fail "second view of ${p%:*}"
done

# ---- with a display: three windows, and the gate reads the slips that the kiosk prints

if ! $headless; then
    TBC_WINDOW_AT=970,0 start_gate --display 960x600
    TBC_WINDOW_AT=0,0 "$bin/tbc-kiosk" --device "$run/kiosk-1.device" --camera "${TBC_CAMERA:-dir:$run/camera-right-zh}" \
        --models "$root/build/models" --panel landscape_10 --size 960x600 --liveness passive \
        --printer "file:$out/scan" 2>"$run/kiosk.log" &
    pids+=("$!")
    say "touch the kiosk: number 11010519491231002X; print the slip, the gate reads it. Ctrl-C ends"
    wait "$!"
    exit 0
fi

# ---- without: the same journey, scripted on a virtual display

if [ -z "${TBC_DEMO_DISPLAY:-}" ]; then
    exec 3>"$run/display"
    Xvfb -displayfd 3 -screen 0 2400x2000x24 -nolisten tcp 2>"$run/xvfb.log" &
    pids+=("$!")
    exec 3>&-
    mark=1
    DISPLAY=:$(until_line "$run/display" '^[0-9]+$' 20) || fail "Xvfb did not start"
    export DISPLAY
fi
export SDL_VIDEODRIVER=x11 SDL_AUDIODRIVER=dummy

start_gate --display 1280x800 --shots "$out/gate"
say "gate ready"

kiosk right-zh portrait_21 "$run/camera-right-zh" || fail "the right face got no certificate"
say "kiosk: $(grep -m 1 '^applied' "$run/kiosk-right-zh.out"); certificate issued and printed"
slip_a=$(find "$out/slips" -name '*.png' | sort | head -n 1)
code_of right-zh >"$out/certificate.txt"

kiosk wrong-face landscape_10 "$run/camera-right-en" || fail "the wrong face did not end at the desk"
refusal=$(grep -m 1 '^refused' "$run/kiosk-wrong-face.out") || fail "no refusal was printed"
if grep -q '^certificate' "$run/kiosk-wrong-face.out"; then fail "the wrong face got a certificate"; fi
say "kiosk: another face with the same number: $refusal"

present "$slip_a" ACCEPTED open
mv "$out/scan/$shown.png" "$out/scan/.taken"
sleep 1.6 # taken away and shown again: a new presentation
present "$slip_a" ALREADY_ENTERED

kiosk right-en landscape_10 "$run/camera-right-en" || fail "the second person got no certificate"
say "kiosk: $(grep -m 1 '^applied' "$run/kiosk-right-en.out"); second certificate, in English"
slip_b=$(find "$out/slips" -name '*.png' | sort | tail -n 1)
code_of right-en >"$out/certificate-2.txt"

mark=$(($(lines "$run/gate.out") + 1))
disown "$station" # so that the shell does not report the death it is asked for
kill -9 "$station"
until_line "$run/gate.out" '^mode offline' 15 >/dev/null || fail "the gate did not notice the outage"
say "station server killed; the gate says offline"
present "$slip_b" ACCEPTED_OFFLINE open

mark=$(($(lines "$run/gate.out") + 1))
gate_mark=$mark
start_station "$front" "$feed"
mark=$gate_mark
until_line "$run/gate.out" '^mode online' 20 >/dev/null || fail "the gate did not come back"
until_line "$run/gate.out" '^drained [1-9]' 10 >/dev/null || fail "the entry was not drained"
say "station server back; the gate drained its entry"

cti_a=$(cti_of "$out/certificate.txt")
cti_b=$(cti_of "$out/certificate-2.txt")
for cti in "$cti_a" "$cti_b"; do
    "$bin/tbc" show "$cti" >/dev/null || fail "an acknowledged certificate is gone after kill -9"
done
say "both acknowledged certificates survived kill -9"

"$bin/tbc" issue --kind passport --number YB1234567 --officer "desk 3" --reason asked \
    >"$out/certificate-3.txt" || fail "the desk could not issue"
"$bin/tbc" qr --png "$out/certificate-3.png" "$out/certificate-3.txt" || fail "qr"
"$bin/tbc" revoke "$(cti_of "$out/certificate-3.txt")" --reason lost || fail "revoke"
say "desk: third certificate issued by an officer, then revoked"
present "$out/certificate-3.png" REVOKED

"$bin/tbc" verify --trust "$run/station/trust.cose" "$out/certificate.txt" >"$out/verify.txt"
say "tbc verify without a status list: $(cat "$out/verify.txt")"
[ "$("$bin/tbc" scan "$slip_a")" = "$(cat "$out/certificate.txt")" ] ||
    fail "the slip's code is not the certificate"
"$bin/tbc" stats >"$out/stats.txt" || fail "stats"
say "slip read back, statistics in build/demo/stats.txt"

mkdir -p "$out/screens" && "$bin/tbc-gallery" "$out/screens" >/dev/null || fail "gallery"
say "$(find "$out" -name '*.png' | wc -l) pictures in build/demo, all screens in build/demo/screens"
printf 'demo: the right person got in, the wrong one did not; %d ms in all\n' "$(now_ms "$started")"
