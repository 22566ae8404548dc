#!/bin/sh
# tbc status: lists of ours and of others, and the deltas between two.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/status

# the example of the draft: 1 bit, bytes b9 a3
hex 'd2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a1044231325850a502
     782168747470733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea041a8898dfea
     19fffe19a8c019fffda2646269747301636c73744a78dadbb918000217015d5840251d844ecc6541b8b2fd24e681836c
     1a072cad61716fb174d57b162b4b392c1ea08b875a493ca8d1cf4328eee1b14f33aa899e532844778ba2fff80b5c1e56e5' >draft
get="$tbc status get --list draft"
expect the_example_of_the_draft_is_read 0 '^1$' "$tbc" status get --list draft --idx 0
values=$(for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do $get --idx $i; done | tr -d '\n')
expect its_bits_are_those_of_the_draft 0 '^1001110111000101$' echo "$values"
expect its_claims_are_told 0 '"sub":"https://example.com/statuslists/1","bits":1,"iat":"2023-06-16T12:56:10Z","exp":"2042-08-15T12:56:10Z","ttl":43200,"expired":false' \
    "$tbc" status get --list draft --idx 0 --json
expect sub_is_compared 0 '^1$' "$tbc" status get --list draft --idx 0 --uri https://example.com/statuslists/1
expect another_sub_is_refused 1 'sub is another' "$tbc" status get --list draft --idx 0 --uri https://example.com/statuslists/2
expect another_sub_is_refused_in_json 1 '{"value":null,"reason":"sub is another' \
    "$tbc" status get --list draft --idx 0 --uri https://example.com/statuslists/2 --json
expect its_end_is_kept 1 'has expired' "$tbc" status get --list draft --idx 0 --at 2042-08-15T12:56:10Z
expect and_not_before 0 '^1$' "$tbc" status get --list draft --idx 0 --at 2042-08-15T12:56:09Z
expect an_index_beyond_is_wrong_usage 2 'holds 16 values' "$tbc" status get --list draft --idx 16
expect a_bad_index_is_wrong_usage 2 'idx' "$tbc" status get --list draft --idx -1
expect a_list_is_read_from_standard_input 0 '^1$' sh -c "'$tbc' status get --list - --idx 0 <draft"
expect a_trust_list_is_no_status_list 4 'trust: ' "$tbc" status get --list trust --idx 0
expect a_key_of_another_is_refused_in_json 1 '"value":null,"reason":"bad signature"' \
    "$tbc" status get --list revoked --idx 1 --key key11 --json

# A message that nobody signed: the header's string, and the claims.
list() { printf 'd284%sa058%02x%s41ff' "$1" $((${#2} / 2)) "$2"; }
typ=5820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774
list $typ "a3026161060119fffda2646269747301636c737444deadbeef" >bad_zlib
expect what_is_no_zlib_is_malformed 4 'lst' "$tbc" status get --list bad_zlib --idx 0
list $typ "a3026161060119fffda2646269747301636c737444dbb91800" >raw_deflate
expect raw_deflate_is_refused 4 'lst' "$tbc" status get --list raw_deflate --idx 0
list $typ "a3026161060119fffda2646269747301636c737458161f8b0800000000000203dbb918005cf5013b02000000" >gzip
expect gzip_is_refused 4 'lst' "$tbc" status get --list gzip --idx 0
list $typ "a3026161060119fffda2646269747303636c73744a78dadbb918000217015d" >three_bits
expect three_bits_are_refused 4 'bits' "$tbc" status get --list three_bits --idx 0
list 43a10126 "a3026161060119fffda2646269747301636c73744a78dadbb918000217015d" >no_typ
expect a_missing_typ_is_said 0 'no typ header' "$tbc" status get --list no_typ --idx 0
list 47a20126106178 "a3026161060119fffda2646269747301636c73744a78dadbb918000217015d" >other_typ
expect another_typ_is_refused 4 'typ' "$tbc" status get --list other_typ --idx 0
list $typ "a3026161060119fffda3646269747301636c73744a78dadbb918000217015d6f6167677265676174696f6e5f7572696161" >aggregated
expect an_aggregation_uri_does_no_harm 0 '^1$' "$tbc" status get --list aggregated --idx 0
list $typ "a402616106010419ffff19fffda2646269747301636c73744a78dadbb918000217015d" >exp_old
expect an_end_in_the_past_is_said 0 'has expired' "$tbc" status get --list exp_old --idx 0
list $typ "a4026161060104fb41d954fc4000000019fffda2646269747301636c73744a78dadbb918000217015d" >exp_float
expect an_end_with_a_fraction_is_an_end 1 'has expired' "$tbc" status get --list exp_float --idx 0 --at 2026-11-23T00:00:00Z
list $typ "a4026161060104fb7ff800000000000019fffda2646269747301636c73744a78dadbb918000217015d" >exp_nan
expect an_end_that_is_no_number_is_malformed 4 'NumericDate' "$tbc" status get --list exp_nan --idx 0
list $typ "a4026161060119fffe2019fffda2646269747301636c73744a78dadbb918000217015d" >ttl_negative
expect a_negative_ttl_is_malformed 4 'ttl' "$tbc" status get --list ttl_negative --idx 0

# ---- deltas
expect a_delta_is_made 0 '' "$tbc" status delta --from revoked --to later --out delta
expect a_delta_gives_the_next_list 0 '' "$tbc" status apply --list revoked --delta delta --key station.pem --out next
expect byte_for_byte 0 '' cmp next later
expect a_delta_goes_through_a_pipe 0 '' sh -c "'$tbc' status delta --from revoked --to later | '$tbc' status apply --list revoked --delta - | cmp - later"
expect a_delta_is_json_too 0 '"bytes":[0-9]*,"file":null,"hex":"8c01' "$tbc" status delta --from revoked --to later --json
expect a_doubled_delta_is_named 1 'applied already' "$tbc" status apply --list later --delta delta --out x
expect a_delta_of_another_base_is_named 1 'another base' "$tbc" status apply --list status --delta delta --out x
expect no_is_json_here_too 1 '{"bytes":null,"reason":"delta of another base"}' "$tbc" status apply --list status --delta delta --json
expect a_delta_back_is_not_made 1 'not newer' "$tbc" status delta --from later --to revoked --out x
expect a_list_of_others_has_no_delta 4 'draft: ' "$tbc" status delta --from revoked --to draft --out x
expect the_key_must_have_signed_the_next_list 1 'not signed by' "$tbc" status apply --list revoked --delta delta --key key11 --out x
expect nothing_is_written_then 1 '' test -e x
head -c 100 delta >half
expect a_cut_delta_names_the_byte 4 'half: .*at byte' "$tbc" status apply --list revoked --delta half --out x
expect a_list_is_no_delta 4 'later: status delta' "$tbc" status apply --list revoked --delta later --out x

finish
