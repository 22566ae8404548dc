#!/bin/sh
# tbc log: roots, proofs and checkpoints, good ones and every kind of bad one.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/log

zero=$(printf '%064d' 0)
root8=$("$tbc" log root leaves)
root3=$("$tbc" log root --size 3 leaves)
proof5=$("$tbc" log prove-inclusion --index 5 leaves | sed 's/^/--proof /')
proof38=$("$tbc" log prove-consistency --size1 3 leaves | sed 's/^/--proof /')
# shellcheck disable=SC2086  # proofs are words
{
expect log_root_of_one_empty_leaf 0 '^6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d$' \
    sh -c "echo | '$tbc' log root -"
expect log_root_of_no_leaves 0 '^e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855$' "$tbc" log root
expect log_root_prints_json 0 '^{"size":8,"root":"'"$root8"'"}$' "$tbc" log root --json leaves
expect log_root_names_the_line 4 'hello: line 1, byte 0' "$tbc" log root hello
expect log_root_takes_hashes 0 '^'"$zero"'$' sh -c "echo $zero | '$tbc' log root --hashes"
expect log_root_refuses_short_hashes 4 'line 1' "$tbc" log root --hashes leaves
expect log_root_knows_how_many_there_are 2 'has 8 leaves' "$tbc" log root --size 9 leaves
expect an_audit_path_is_verified 0 '^yes$' "$tbc" log verify-inclusion --leaf 05 --index 5 --size 8 --root $root8 $proof5
expect an_audit_path_is_verified_in_json 0 '^{"valid":true}$' "$tbc" log verify-inclusion --json --leaf 05 --index 5 --size 8 --root $root8 $proof5
expect another_index_is_not 1 '^no$' "$tbc" log verify-inclusion --leaf 05 --index 4 --size 8 --root $root8 $proof5
expect no_is_json_too 1 '^{"valid":false}$' "$tbc" log verify-inclusion --json --leaf 04 --index 5 --size 8 --root $root8 $proof5
expect a_surplus_node_is_no 1 '^no$' "$tbc" log verify-inclusion --leaf 05 --index 5 --size 8 --root $root8 $proof5 --proof $zero
expect an_index_at_the_end_is_no 1 '^no$' "$tbc" log verify-inclusion --leaf 05 --index 8 --size 8 --root $root8 $proof5
expect an_empty_tree_has_no_leaf 1 '^no$' "$tbc" log verify-inclusion --leaf 05 --index 0 --size 0 --root $root8
expect a_size_of_2_64_less_1_is_one 1 '^no$' "$tbc" log verify-inclusion --leaf 05 --index 18446744073709551614 --size 18446744073709551615 --root $root8
expect a_size_of_2_64_is_none 2 'size' "$tbc" log verify-inclusion --leaf 05 --index 0 --size 18446744073709551616 --root $root8
expect a_negative_index_is_none 2 'index' "$tbc" log verify-inclusion --leaf 05 --index -1 --size 8 --root $root8
expect a_short_root_is_named 4 'root: 00: not a hash' "$tbc" log verify-inclusion --leaf 05 --index 0 --size 8 --root 00
expect a_long_proof_node_is_named 4 'proof: ' "$tbc" log verify-inclusion --leaf 05 --index 0 --size 8 --root $root8 --proof 00$zero
expect a_bad_leaf_is_named 4 'leaf: hexadecimal, at byte 1' "$tbc" log verify-inclusion --leaf 0y --index 0 --size 8 --root $root8
expect an_empty_leaf_is_a_leaf 0 '^yes$' "$tbc" log verify-inclusion --leaf '' --index 0 --size 1 \
    --root 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
expect one_leaf_is_wanted 2 'leaf' "$tbc" log verify-inclusion --index 0 --size 8 --root $root8
expect and_not_two 2 'leaf' "$tbc" log verify-inclusion --leaf 05 --leaf-hash $zero --index 0 --size 8 --root $root8
expect a_missing_option_is_named 2 'root is wanted' "$tbc" log verify-inclusion --leaf 05 --index 0 --size 8
expect consistency_is_verified 0 '^yes$' "$tbc" log verify-consistency --size1 3 --size2 8 --root1 $root3 --root2 $root8 $proof38
expect another_root_is_not_consistent 1 '^no$' "$tbc" log verify-consistency --size1 3 --size2 8 --root1 $root8 --root2 $root8 $proof38
expect a_log_does_not_shrink 1 '^no$' "$tbc" log verify-consistency --size1 8 --size2 3 --root1 $root8 --root2 $root3 $proof38
expect consistency_is_json_too 1 '^{"valid":false}$' "$tbc" log verify-consistency --json --size1 3 --size2 8 --root1 $root3 --root2 $root8
expect prove_inclusion_knows_its_end 2 'counted from 0' "$tbc" log prove-inclusion --index 8 leaves
expect prove_consistency_begins_at_1 2 'from 1 to 8' "$tbc" log prove-consistency --size1 0 leaves
expect prove_inclusion_prints_json 0 '"leaf_hash":.*"root":"'"$root8"'","proof":\["' "$tbc" log prove-inclusion --index 0 --json leaves

expect a_checkpoint_is_verified_by_a_key 0 '^yes$' "$tbc" log verify-checkpoint --key station.pem log8
expect a_checkpoint_is_verified_by_a_list 0 '"valid":true.*"origin":"VNP","size":8,"root":"'"$root8"'"' \
    "$tbc" log verify-checkpoint --trust trust $at --json log8
expect a_checkpoint_of_a_stranger_is_refused 1 'unknown key' "$tbc" log verify-checkpoint --key key11 log8
expect a_checkpoint_of_another_station_is_refused 1 '"valid":false,"reason":"unknown key"' \
    "$tbc" log verify-checkpoint --trust trust $at --json log8shh
expect an_ended_trust_list_vouches_for_nothing 3 'has ended' \
    "$tbc" log verify-checkpoint --trust trust --at 2026-04-02T01:41:00Z log8
expect a_checkpoint_continues_another 0 '"step":"grown"' \
    "$tbc" log verify-checkpoint --key station.pem --json --old log3 $proof38 log8
expect a_checkpoint_is_itself 0 '"step":"same"' "$tbc" log verify-checkpoint --key station.pem --json --old log8 log8
expect a_split_view_is_named 1 'two roots for one size' "$tbc" log verify-checkpoint --key station.pem --old log3b log3
expect a_split_view_is_json_too 1 '"valid":false.*"step":"split view"' \
    "$tbc" log verify-checkpoint --key station.pem --json --old log3b log3
expect going_back_is_named 1 'smaller log' "$tbc" log verify-checkpoint --key station.pem --old log8 log3
expect a_missing_proof_joins_nothing 1 'does not join' "$tbc" log verify-checkpoint --key station.pem --old log3 log8
expect another_log_is_named 1 'two logs' "$tbc" log verify-checkpoint --key station.pem --old log3 log8shh
expect a_status_list_is_no_checkpoint 4 'status: typ' "$tbc" log verify-checkpoint --key station.pem status
expect a_checkpoint_is_no_trust_list 4 'log8: typ' "$tbc" log verify-checkpoint --trust log8 log8
expect a_proof_wants_an_old_one 2 'old' "$tbc" log verify-checkpoint --key station.pem --proof $zero log8
expect key_or_trust_is_wanted 2 'key and --trust' "$tbc" log verify-checkpoint log8
expect what_is_no_checkpoint_names_the_byte 4 'at byte' "$tbc" log verify-checkpoint --key station.pem hello
}

finish
