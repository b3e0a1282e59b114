# ./dev package: the release build as build/packages/csva_*.deb and .tar.gz
# shellcheck shell=bash
source tools/dev/build.sh

dev_package() {
    dev_setup build
    build_web
    build_preset release csva
    say "Packages"
    rm -rf build/packages && mkdir -p build/packages
    SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
    export SOURCE_DATE_EPOCH
    cpack --config build/release/CPackConfig.cmake -B build/packages >build/packages.log ||
        { tail -n 20 build/packages.log >&2 && die "the packages were not made"; }
    rm -rf build/packages/_CPack_Packages
    ls -l build/packages
}
