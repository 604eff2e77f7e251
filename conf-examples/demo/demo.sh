#!/bin/bash
# The demonstration: private PostgreSQL, Redis, Moodle double, bank page double, mail box and nginx,
# all on loopback, all state below run/. `start` is harmless when it runs already.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here="$top/conf-examples/demo"
run="$top/run"
command=${1:-start}
port=${2:-8080}
moodle_port=$((port + 1))
mail_port=$((port + 2))
bank_port=$((port + 3))
smtp_port=$((port + 4))
providers_port=$((port + 5))
pgbin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)

alive() { # alive NAME: is the process that we started still there?
    [ -f "$run/$1.pid" ] && kill -0 "$(cat "$run/$1.pid")" 2>/dev/null
}

# PostgreSQL refuses to run as root; the others do not care.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

launch() { # launch NAME COMMAND…: in the background, detached, with a log and a pid file
    local name=$1
    shift
    setsid "$@" </dev/null >>"$run/log/$name.log" 2>&1 &
    echo $! >"$run/$name.pid"
}

wait_for() { # wait_for WHAT SECONDS COMMAND…
    local what=$1 tries=$(($2 * 20))
    shift 2
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        if [ "$tries" -le 0 ]; then
            echo "$what did not start; look into $run/log" >&2
            exit 1
        fi
        sleep 0.05
    done
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_or_ours() { # free_or_ours NAME PORT
    if ! alive "$1" && listening "$2"; then
        echo "port $2 is taken by something else: make demo PORT=<another>" >&2
        exit 1
    fi
}

psql_run() { as_postgres "$pgbin/psql" -X -q -v ON_ERROR_STOP=1 -h "$run/pg" -d "$1" "${@:2}"; }

start_postgres() {
    if alive postgres; then
        return
    fi

    if [ ! -f "$run/pg/data/PG_VERSION" ]; then
        mkdir -p "$run/pg"
        [ "$(id -u)" -ne 0 ] || chown postgres: "$run/pg"
        as_postgres "$pgbin/initdb" -D "$run/pg/data" -A trust -E UTF8 --no-locale >/dev/null
    fi

    rm -f "$run/pg/data/postmaster.pid"
    # The whole group is detached: who reads our output must not wait for PostgreSQL's end.
    (cd "$run/pg" && as_postgres setsid "$pgbin/postgres" -D "$run/pg/data" -c listen_addresses= \
        -c unix_socket_directories="$run/pg" -c unix_socket_permissions=0777) \
        </dev/null >>"$run/log/postgres.log" 2>&1 &
    wait_for PostgreSQL 20 as_postgres "$pgbin/pg_isready" -q -h "$run/pg"
    head -n 1 "$run/pg/data/postmaster.pid" >"$run/postgres.pid"
}

load_shop() {
    if [ "$(psql_run postgres -Atc "select 1 from pg_database where datname = 'shop'")" != 1 ]; then
        psql_run postgres -c 'create database shop'
    fi

    # psql reads the files as the user postgres, who may not reach this folder: give them by a copy.
    rm -rf "$run/sql"
    cp -r "$top/sql" "$run/sql"
    chmod -R a+rX "$run/sql"
    (cd "$run/sql" && psql_run shop -f install.sql && psql_run shop -f demo.sql &&
        psql_run shop -f demo-handlers.sql) >>"$run/log/sql.log" \
        2>&1 || { tail -n 5 "$run/log/sql.log" >&2; exit 1; }
}

start_redis() {
    alive redis || launch redis redis-server --port 0 --unixsocket "$run/redis.sock" \
        --unixsocketperm 777 --save '' --appendonly no --dir "$run"
    wait_for Redis 5 redis-cli -s "$run/redis.sock" ping
}

start_doubles() {
    free_or_ours moodle "$moodle_port"
    free_or_ours smtp "$mail_port"
    free_or_ours vads "$bank_port"
    free_or_ours providers "$providers_port"
    secret lti "$(openssl rand -hex 24)"
    alive moodle || launch moodle perl "-I$top/t/lib" "$top/t/bin/fake-moodle" \
        --port "$moodle_port" --seed "$here/moodle-seed.json" \
        --tool "http://127.0.0.1:$port/shop/ac/lti" --tool-key campus --tool-secret-file "$run/secrets/lti"
    alive smtp || launch smtp perl "-I$top/t/lib" "$top/t/bin/fake-smtp" \
        --port "$smtp_port" --web-port "$mail_port"
    alive vads || launch vads perl "-I$top/t/lib" "$top/t/bin/fake-vads" \
        --port "$bank_port" --ipn-url "http://127.0.0.1:$port/shop/pay/card/notify"
    alive providers || launch providers perl "-I$top/t/lib" "$top/t/bin/fake-providers" \
        --port "$providers_port" --ogone-notify "http://127.0.0.1:$port/shop/pay/ogone/notify" \
        --stripe-notify "http://127.0.0.1:$port/shop/pay/stripe/notify" \
        --paypal-notify "http://127.0.0.1:$port/shop/pay/paypal/notify" --paypal-dir "$run/paypal"
    wait_for 'The Moodle double' 5 listening "$moodle_port"
    wait_for 'The mail box' 5 listening "$mail_port"
    wait_for 'The bank page double' 5 listening "$bank_port"
    wait_for 'The double of the other providers' 5 listening "$providers_port"
}

secret() { # secret NAME CONTENT: written once, readable by nobody else
    [ -f "$run/secrets/$1" ] || (umask 077 && printf '%s\n' "$2" >"$run/secrets/$1")
}

write_conf() {
    secret shop "$(openssl rand -base64 48)"
    secret test "$(openssl rand -base64 24)"
    secret card 1122334455667788
    secret mercanet 002001000000001_KEY1
    secret ogone_in 'Demo-In-Passphrase!1'
    secret ogone_out 'Demo-Out-Passphrase!1'
    secret ogone_api api-password
    secret axepta_blowfish 'Tc5*2D_xs7B[6E?w'
    secret axepta_hmac '4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8'
    secret stripe sk_test_demo
    secret stripe_webhook whsec_demo_of_the_double
    secret worldline demo-api-secret
    secret worldline_webhook demo-hook-secret
    secret paypal client-secret
    secret moodle TOKEN
    secret messages "$(openssl rand -hex 32)"
    secret signing "$(openssl genpkey -algorithm ed25519)"

    sed -e "s|@TOP@|$top|g" -e "s|@RUN@|$run|g" -e "s|@PORT@|$port|g" \
        -e "s|@MOODLE_PORT@|$moodle_port|g" -e "s|@BANK_PORT@|$bank_port|g" \
        -e "s|@SMTP_PORT@|$smtp_port|g" -e "s|@PROVIDERS_PORT@|$providers_port|g" \
        -e "s|@USER@|$([ "$(id -u)" -ne 0 ] || echo 'user nobody nogroup;')|" \
        "$here/nginx.conf.in" >"$run/nginx.conf"
    chmod 777 "$run/spool"
}

start_nginx() {
    free_or_ours nginx "$port"
    if alive nginx; then
        kill -HUP "$(cat "$run/nginx.pid")"
    else
        rm -f "$run/nginx.pid"
        /usr/sbin/nginx -p "$run" -c "$run/nginx.conf" -e "$run/log/error.log"
    fi
    wait_for 'The shop' 10 curl -fsS -o /dev/null "http://127.0.0.1:$port/shop/ac/"
}

start() {
    mkdir -p "$run/log" "$run/secrets" "$run/spool" "$run/tmp"
    chmod 755 "$run"
    if [ -f "$run/port" ] && [ "$(cat "$run/port")" != "$port" ]; then
        stop
    fi
    echo "$port" >"$run/port"
    start_postgres
    load_shop
    start_redis
    start_doubles
    write_conf
    start_nginx
    cat <<EOF
shop          http://127.0.0.1:$port/shop/ac/
Moodle double http://127.0.0.1:$moodle_port/
mail box      http://127.0.0.1:$mail_port/
bank double   http://127.0.0.1:$bank_port/
other banks   http://127.0.0.1:$providers_port/control/payments
status        http://127.0.0.1:$port/shop/status
make stop ends it; everything it wrote is in run/
EOF
}

end_process() { # end_process NAME SIGNAL
    local pid
    [ -f "$run/$1.pid" ] || return 0
    pid=$(cat "$run/$1.pid")
    kill "-$2" "$pid" 2>/dev/null || true
    for _ in $(seq 200); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    kill -KILL "$pid" 2>/dev/null || true
    rm -f "$run/$1.pid"
}

stop() {
    end_process nginx QUIT
    end_process vads TERM
    end_process providers TERM
    end_process smtp TERM
    end_process moodle TERM
    end_process redis TERM
    end_process postgres INT
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then # else a test takes a function
    case "$command" in
        start) start ;;
        stop)  stop ;;
        *)     echo "usage: $0 start [port] | stop" >&2; exit 2 ;;
    esac
fi
