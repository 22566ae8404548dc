#!/bin/sh
# tbc trust: lists from their draft to their end, and from one root to the next.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/trust

for key in root next stranger vnp vnp2 shh; do
    "$tbc" keys make --out $key.pem >$key.txt || exit 2
done
kid() { sed -n 's/^kid //p' "$1.txt"; }
uri=https://tbc.example/s
year=$(date -u -d '+300 days' +%Y-%m-%dT%H:%M:%SZ)
day=$(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)
ago=$(date -u -d '-1 day' +%Y-%m-%dT%H:%M:%SZ)
show() { "$tbc" trust show --json "$1"; }

# ---- a draft and what it refuses
expect a_draft_begins 0 '"version":1.*"file":"draft"' "$tbc" trust make --root root.pem --out draft --json
expect make_wants_a_root 2 'root is wanted' "$tbc" trust make --out x
expect make_wants_an_end_after_now 2 'exp not after iat' "$tbc" trust make --root root.pem --out x --expires "$ago"
expect make_wants_the_warning_before_the_end 2 'warn after exp' \
    "$tbc" trust make --root root.pem --out x --expires "$day" --warn "$year"
expect make_takes_two_roots_at_most 2 'at most 2' \
    "$tbc" trust make --root root.pem --root next.pem --root shh.pem --out x
expect make_takes_one_root_once 3 'exists already' "$tbc" trust make --root root.pem --root root.pem --out x
expect nothing_is_written_then 1 '' test -e x
expect a_list_of_a_day_warns_from_the_beginning 0 'ageing' sh -c \
    "'$tbc' trust make --root root.pem --out short --expires $day && '$tbc' trust show short"
add="$tbc trust add --list draft"
# shellcheck disable=SC2086  # $add is words
{
expect a_station_is_added 0 '"version":2.*"station":"VNP"' $add --station VNP --key vnp.pem --status-uri $uri/VNP/1 --json
expect a_station_with_two_keys_in_turn 0 '' $add --station VNP --key vnp2.pem --status-uri $uri/VNP/1 --from "$day"
expect a_key_stands_there_once 3 'exists already' $add --station SHH --key vnp.pem --status-uri $uri/SHH/1
expect a_root_is_no_station 3 'exists already' $add --station SHH --key root.pem --status-uri $uri/SHH/1
expect an_address_is_one_stations 1 'is the address of station VNP' $add --station SHH --key shh.pem --status-uri $uri/VNP/1
expect a_telecode_is_capital 2 'telecode' $add --station shh --key shh.pem --status-uri $uri/SHH/1
expect a_telecode_is_not_empty 2 'telecode' $add --station '' --key shh.pem --status-uri $uri/SHH/1
expect a_telecode_is_not_long 2 'telecode' $add --station SHHSHHSH --key shh.pem --status-uri $uri/SHH/1
expect a_telecode_has_no_space 2 'telecode' $add --station 'S H' --key shh.pem --status-uri $uri/SHH/1
expect an_address_is_not_empty 2 'status-uri' $add --station SHH --key shh.pem --status-uri ''
expect a_key_ends_after_it_begins 2 'not after' $add --station SHH --key shh.pem --status-uri $uri/SHH/1 \
    --from "$year" --to "$day"
expect a_key_lasts_a_second_at_least 2 'not after' $add --station SHH --key shh.pem --status-uri $uri/SHH/1 \
    --from "$day" --to "$day"
expect what_is_no_key_is_malformed 4 'hello: ' $add --station SHH --key hello --status-uri $uri/SHH/1
}
expect the_draft_is_as_before 0 'version 3, a draft.*fresh' "$tbc" trust show draft
expect a_status_list_is_no_draft 4 'status: typ' "$tbc" trust add --list status --station SHH --key shh.pem --status-uri $uri/SHH/1
expect what_is_no_list_names_the_byte 4 'hello: .*at byte 0' "$tbc" trust show hello
expect a_missing_file_is_named 3 'gone: not found' "$tbc" trust show gone
expect one_word_too_many_is_named 2 'one word too many' "$tbc" trust renew --list draft x

# ---- signing
expect a_stranger_signs_nothing 1 'no root' "$tbc" trust sign --list draft --root stranger.pem --out signed
expect a_root_signs 0 '"version":3.*"signatures":1' "$tbc" trust sign --list draft --root root.pem --out signed --json
expect the_same_again_is_no_harm 0 '' "$tbc" trust sign --list draft --root root.pem --out signed
expect a_signed_list_shows_its_signer 0 "\"signers\":\\[\"$(kid root)\"\\],\"valid\":true,\"reason\":null,\"state\":\"fresh\"" show signed
expect a_draft_shows_none 0 '"signed":false,"signers":\[\],"valid":null' show draft
expect a_signed_list_comes_through_a_pipe 0 'version 3, signed' sh -c "'$tbc' trust show - <signed"
expect a_signed_list_comes_as_hex 0 'version 3, signed' sh -c "od -An -tx1 -v signed | '$tbc' trust show"
expect a_signed_list_is_no_draft 1 'change the draft' "$tbc" trust renew --list signed
expect a_signed_list_is_not_signed_again 1 'sign the draft' "$tbc" trust sign --list signed --root root.pem --out x
expect a_list_is_pinned 1 'bring it, or pin' "$tbc" trust show --root stranger.pem signed
cp signed flipped
printf '\377' | dd of=flipped bs=1 seek=$(($(wc -c <flipped) - 1)) conv=notrunc 2>/dev/null
expect a_flipped_bit_is_shown 1 'bad signature' "$tbc" trust show flipped
expect a_flipped_bit_is_json_too 1 '"valid":false,"reason":"bad signature"' show flipped
cp draft older
"$tbc" trust add --list draft --station SHH --key shh.pem --status-uri $uri/SHH/1
"$tbc" trust sign --list draft --root root.pem --out signed
expect versions_never_go_back 1 'is version 4 already' "$tbc" trust sign --list older --root root.pem --out signed
expect a_draft_is_not_signed_over 1 'another file' "$tbc" trust sign --list draft --root root.pem --out older
expect another_file_is_not_signed_over 1 'not overwritten' "$tbc" trust sign --list draft --root root.pem --out hello

# ---- verify
# shellcheck disable=SC2086  # $at is words
{
expect a_version_may_be_asked_for 0 'ACCEPTED_OFFLINE' "$tbc" verify --trust trust --min-version 1 --status status $at paper
expect an_older_version_is_not_believed 3 'version 1, and --min-version is 2' \
    "$tbc" verify --trust trust --min-version 2 --status status $at paper
expect an_ageing_list_is_told 0 '"trust":{"version":1,"state":"ageing","ends":"2026-03-04T01:41:00Z"}' \
    sh -c "'$tbc' verify --trust trust --status status --at 2026-02-22T01:41:00Z --json paper || true"
}
expect a_list_is_good_to_its_last_second 1 '"verdict":"EXPIRED".*"state":"ageing"' \
    "$tbc" verify --trust trust --at 2026-03-04T01:40:59Z --json paper
expect an_ended_list_is_the_reason 1 '"UNKNOWN_ISSUER","reason":"the trust list has ended.*"state":"ended"' \
    "$tbc" verify --trust trust --at 2026-03-04T01:41:00Z --json paper

# ---- ending keys
expect end_wants_a_kid 2 'KID' "$tbc" trust end --list draft
expect end_wants_a_whole_kid 2 '16 hexadecimal' "$tbc" trust end --list draft 0011
expect end_knows_its_keys 1 'no key of that kid' "$tbc" trust end --list draft 0011223344556677
expect a_key_ends 0 "\"to\":\"$day\"" "$tbc" trust end --list draft --at "$day" --json "$(kid shh)"
expect a_key_does_not_end_later 1 'ends at .* already' "$tbc" trust end --list draft --at "$year" "$(kid shh)"
expect a_key_is_removed 0 '"version":6' "$tbc" trust end --list draft --remove --json "$(kid shh)"
expect and_gone 1 '' grep -q SHH draft
expect a_key_that_never_began_is_gone_too 0 '"version":7' "$tbc" trust end --list draft --json "$(kid vnp2)"
expect the_only_root_stays 1 'only root' "$tbc" trust end --list draft "$(kid root)"

# ---- renewal
expect a_list_is_renewed 0 '"version":8.*"exp":"'"$year"'"' "$tbc" trust renew --list draft --expires "$year" --json
expect and_its_keys_with_it 0 'VNP .*'"$year" "$tbc" trust show draft

# ---- from one root to the next
expect a_root_rolls_in 0 'sign it with both' "$tbc" trust roll --list draft --root next.pem
expect three_roots_are_too_many 1 'names 2 roots already' "$tbc" trust roll --list draft --root stranger.pem
expect the_next_root_must_be_in_the_list 1 'trust roll' \
    "$tbc" trust sign --list draft --root root.pem --also stranger.pem --out both
expect two_signatures_are_of_two_keys 1 'the same key' \
    "$tbc" trust sign --list draft --root root.pem --also root.pem --out both
expect both_sign 0 '"signatures":2' "$tbc" trust sign --list draft --root root.pem --also next.pem --out both --json
expect both_are_shown 0 "\"signers\":\\[\"$(kid root)\",\"$(kid next)\"\\],\"valid\":true" show both
expect and_in_words 0 'version 9, signed by two roots' "$tbc" trust show both
expect either_is_pinned 0 'signed by two roots' sh -c "'$tbc' trust show --root root.pem both && '$tbc' trust show --root next.pem both"
expect no_other_is 1 'bring it, or pin' "$tbc" trust show --root stranger.pem both
expect verify_reads_it 1 'UNKNOWN_ISSUER' "$tbc" verify --trust both --root root.pem paper
expect the_old_root_retires 0 '"version":10' "$tbc" trust end --list draft --json "$(kid root)"
expect the_new_one_signs_alone 0 '' "$tbc" trust sign --list draft --root next.pem --out alone
expect who_missed_it_is_told_what_helps 3 'bring it, or pin the new root' \
    "$tbc" verify --trust alone --root root.pem paper
expect with_the_new_root_all_is_well 0 'version 10, signed' "$tbc" trust show --root next.pem alone

finish
