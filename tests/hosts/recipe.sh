#!/bin/sh
# Turns a plain Debian system into a test host: reachable over SSH, and otherwise bare.
# Runs as root in a container of the base image. Settings: SUITE MIRROR INCLUDE PACKAGES.
export DEBIAN_FRONTEND=noninteractive

# Tests need no safety against power cuts, and networks fail now and then.
echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/unsafe-io
echo 'Acquire::Retries "3";' > /etc/apt/apt.conf.d/80retries

if [ "$SUITE" = trixie ]; then
    # A second distribution Python, for tests that change an app's Python: 3.11 of Debian 12, and nothing else from there.
    mirror=${MIRROR:-$(sed -n 's|^\(deb\|URIs:\) *\(http[^ ]*/debian\)/*\( .*\)*$|\2|p' \
        /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)}
    echo "deb $mirror bookworm main" > /etc/apt/sources.list.d/bookworm.list
    cat > /etc/apt/preferences.d/bookworm <<'END'
Package: *
Pin: release n=bookworm
Pin-Priority: -1

Package: python3.11* libpython3.11*
Pin: release n=bookworm
Pin-Priority: 400
END
    # python3.11-venv wants distutils, whose package refuses to live beside a newer python3. Virtualenvs do without it.
    mkdir -p /tmp/stand-in/DEBIAN
    cat > /tmp/stand-in/DEBIAN/control <<'END'
Package: python3.11-distutils-stand-in
Version: 1.0
Architecture: all
Maintainer: pyhost tests <tests@example.org>
Provides: python3.11-distutils
Description: lets python3.11-venv be installed beside a newer python3
END
    dpkg-deb --build /tmp/stand-in /tmp/stand-in.deb
    dpkg --install /tmp/stand-in.deb
    rm -r /tmp/stand-in /tmp/stand-in.deb
fi

apt-get update
# shellcheck disable=SC2086
apt-get install --yes --no-install-recommends $INCLUDE openssh-server $PACKAGES
apt-get clean
rm -rf /var/lib/apt/lists/*

# A user without rights, for hosting below one directory.
useradd --create-home --shell /bin/bash person
: > /etc/machine-id
