#!/bin/sh
# Copyright: (c) 2026, pyhost.platform contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What a careful administrator's loop does for apps that came as an archive on standard input: only what differs, nothing
# in place. Arguments: how many apps, the branch of Python. Virtualenvs are root's and share one cache of packages.
set -eu
count=$1 python=$2
incoming=$(mktemp -d)
trap 'rm -rf "$incoming"' EXIT
tar -C "$incoming" --no-same-owner -xf -
sites=
for number in $(seq "$count"); do
    app=app$number home=/srv/app$number new=$incoming/app$number start='' old=''
    id "$app" >/dev/null 2>&1 || useradd --system --create-home --home-dir "$home" "$app"
    if ! [ -d "$home/run" ]; then
        chmod 755 "$home"
        install -d -o "$app" -g "$app" "$home/run" "$home/static"
    fi
    venv=$home/venv-$python-$(sha256sum "$new/requirements.txt" | cut -c 1-12)
    if ! [ -e "$venv/ready" ]; then
        /opt/uv/bin/uv venv --quiet --clear --python "/usr/bin/python$python" "$venv"
        /opt/uv/bin/uv pip install --quiet --python "$venv/bin/python" -r "$new/requirements.txt"
        touch "$venv/ready"
    fi
    if [ "$(readlink "$home/venv")" != "$venv" ]; then
        old=$(readlink "$home/venv" || true)
        ln -sfn "$venv" "$home/venv"
        start=yes
    fi
    if ! diff -rq "$new" "$home/app" >/dev/null 2>&1; then
        rm -rf "$home/app"
        cp -r "$new" "$home/app"
        start=yes
    fi
    if ! [ -e "/etc/systemd/system/$app.service" ]; then
        cat >"/etc/systemd/system/$app.service" <<END
[Service]
User=$app
WorkingDirectory=$home/app
ExecStart=$home/venv/bin/gunicorn -w 2 -b unix:$home/run/app.sock wsgi:application
Restart=always
[Install]
WantedBy=multi-user.target
END
        systemctl --quiet enable "$app"
        start=yes
    fi
    if ! [ -e "/etc/nginx/sites-enabled/$app" ]; then
        cat >"/etc/nginx/sites-enabled/$app" <<END
server {
    listen 80;
    server_name $app.test;
    location /static/ { alias $home/static/; }
    location / { proxy_pass http://unix:$home/run/app.sock; proxy_set_header Host \$host; }
}
END
        sites=yes
    fi
    [ -z "$start" ] || systemctl restart "$app"
    [ -z "$old" ] || rm -rf "$old"
done
if [ -n "$sites" ]; then
    nginx -t -q
    systemctl reload nginx
fi
