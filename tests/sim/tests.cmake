# A day of the station in virtual time, see ./dev sim: the real shell of the gates, and the station's
# entries, on clocks, sockets, scanner and chance of the simulation.
add_executable(sim sim/main.c sim/chance.c sim/day.c sim/events.c sim/gates.c sim/network.c
    sim/oracle.c sim/phones.c sim/plan.c sim/shims.c sim/shims_peers.c sim/station.c
    world/invariants.c world/invariants_read.c
    ${PROJECT_SOURCE_DIR}/station-server/core.c ${PROJECT_SOURCE_DIR}/station-server/enter.c)
target_include_directories(sim PRIVATE sim ${PROJECT_SOURCE_DIR})
tbc_links(sim PRIVATE "gate_shell;net;store" "sqlite3" "")
foreach(name tbc_clock_utc tbc_clock_mono tbc_clock_us tbc_random tbc_client_open
        tbc_client_close tbc_client_send tbc_client_recv tbc_client_notice
        tbc_group_open
        tbc_group_close tbc_group_address tbc_group_put tbc_group_drop tbc_group_recv
        tbc_group_send tbc_group_answer tbc_group_fd tbc_group_refused
        tbc_scan_open tbc_scan_close tbc_scan_next
        tbc_scan_fd tbc_scan_trouble tbc_scan_forget puts)
    target_link_options(sim PRIVATE -Wl,--wrap=${name})
endforeach()
add_test(NAME sim/day COMMAND sim 1 --seed 1 --passengers 1500 --gates 3 --hours 6-10
    --twice)
add_test(NAME sim/peers COMMAND sim 1 --seed 2 --passengers 800 --gates 3 --hours 7-9)
set_tests_properties(sim/day sim/peers PROPERTIES TIMEOUT 300 LABELS "slow;sim")
