# Runs a server for as long as whoever started this script lives, and removes its folder then.
#
#   supervise FOLDER LAST_SIGNAL COMMAND...
#
# Orders come line by line: `start`, which answers with the process id; `signal NAME`; and `end NAME`, which sends the
# signal and answers when the server has ended. The input ends when its other side has died, however it did.
folder=$1
last_signal=$2
shift 2
server=

end() {
    if [ -n "$server" ]; then
        kill -s "$1" "$server"
        wait "$server"
        server=
    fi
}

while read -r order name; do
    case $order in
    start)
        "$@" </dev/null >>"$folder/log" 2>&1 &
        server=$!
        echo "$server"
        ;;
    signal)
        kill -s "$name" "$server"
        echo sent
        ;;
    end)
        end "$name"
        echo ended
        ;;
    esac
done
end "$last_signal"
rm -rf "$folder"
