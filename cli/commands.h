/* The subcommands, one file each; commands.c is their table. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli.h"

enum cli_exit cli_audit_verify(int argc, char **argv);
enum cli_exit cli_backup(int argc, char **argv);
enum cli_exit cli_base45(int argc, char **argv);
enum cli_exit cli_cbor_check(int argc, char **argv);
enum cli_exit cli_cbor_diag(int argc, char **argv);
enum cli_exit cli_cose_verify(int argc, char **argv);
enum cli_exit cli_erase(int argc, char **argv);
enum cli_exit cli_export(int argc, char **argv);
enum cli_exit cli_history(int argc, char **argv);
enum cli_exit cli_doctor(int argc, char **argv);
enum cli_exit cli_id_check(int argc, char **argv);
enum cli_exit cli_inspect(int argc, char **argv);
enum cli_exit cli_keys_make(int argc, char **argv);
enum cli_exit cli_keys_rotate(int argc, char **argv);
enum cli_exit cli_keys_rotate_secret(int argc, char **argv);
enum cli_exit cli_keys_show(int argc, char **argv);
enum cli_exit cli_log_checkpoint(int argc, char **argv);
enum cli_exit cli_log_consistency(int argc, char **argv);
enum cli_exit cli_log_inclusion(int argc, char **argv);
enum cli_exit cli_log_prove_consistency(int argc, char **argv);
enum cli_exit cli_log_prove_inclusion(int argc, char **argv);
enum cli_exit cli_log_root(int argc, char **argv);
enum cli_exit cli_qr(int argc, char **argv);
enum cli_exit cli_scan(int argc, char **argv);
enum cli_exit cli_sig_verify(int argc, char **argv);
enum cli_exit cli_status_apply(int argc, char **argv);
enum cli_exit cli_status_delta(int argc, char **argv);
enum cli_exit cli_status_get(int argc, char **argv);
enum cli_exit cli_trust_add(int argc, char **argv);
enum cli_exit cli_trust_make(int argc, char **argv);
enum cli_exit cli_trust_end(int argc, char **argv);
enum cli_exit cli_trust_renew(int argc, char **argv);
enum cli_exit cli_trust_roll(int argc, char **argv);
enum cli_exit cli_trust_show(int argc, char **argv);
enum cli_exit cli_trust_sign(int argc, char **argv);
enum cli_exit cli_import_people(int argc, char **argv);
enum cli_exit cli_import_tickets(int argc, char **argv);
enum cli_exit cli_device_add(int argc, char **argv);
enum cli_exit cli_device_list(int argc, char **argv);
enum cli_exit cli_device_revoke(int argc, char **argv);
enum cli_exit cli_gate_status(int argc, char **argv);
enum cli_exit cli_issue(int argc, char **argv);
enum cli_exit cli_restore(int argc, char **argv);
enum cli_exit cli_revoke(int argc, char **argv);
enum cli_exit cli_show(int argc, char **argv);
enum cli_exit cli_stats(int argc, char **argv);
enum cli_exit cli_verify(int argc, char **argv);

#endif
