# shellcheck shell=bash
# The root tree of a base image: Debian packages installed into a folder, and everything removed from it that differs
# from one build to the next. Sourced by build-base, which owns $work and removes it.
# shellcheck disable=SC2154  # the arguments are build-base's

# Lets this machine run the target's programs: nothing to do on an arm64 machine, qemu-user elsewhere.
enable_emulation() {
  arch-test "$architecture" >/dev/null && return 0
  local handler=aarch64
  [ "$architecture" = arm64 ] || handler=arm
  if [ ! -e /proc/sys/fs/binfmt_misc/register ]; then
    mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc ||
      die 3 "cannot mount binfmt_misc: load the kernel module, or run this outside of a container once"
  fi
  [ -e "/proc/sys/fs/binfmt_misc/qemu-$handler" ] ||
    update-binfmts --enable "qemu-$handler" 2>/dev/null ||
    /usr/lib/systemd/systemd-binfmt 2>/dev/null || true
  arch-test "$architecture" >/dev/null ||
    die 3 "this machine cannot run $architecture programs: install qemu-user-static and binfmt-support, then try again"
}

# What the machine's apt knows: "URI CODENAME", one a line.
known_repositories() {
  # The $(...) are apt's own, not the shell's.
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sort -u
}

find_mirror() {
  [ -z "$mirror" ] || return 0
  mirror=$(known_repositories | awk -v suite="$suite" '$2 == suite && !found++ { print $1 }')
  [ -n "$mirror" ] || die 3 "this machine's apt knows no mirror for $suite: run apt-get update, or name one with" \
    "--mirror or KRAKEN_DEBIAN_MIRROR (and install debian-archive-keyring where this is not Debian)"
}

install_root_tree() {
  local log=$work/install.log status=0
  local command=(
    mmdebstrap --mode=root --variant=minbase --format=directory
    "--architectures=$architecture" "--components=$components" "--include=$packages"
    '--aptopt=Apt::Install-Recommends "false"'
    # Nobody reads half a tree: without this, dpkg syncs every file it unpacks.
    '--dpkgopt=force-unsafe-io'
    '--dpkgopt=path-exclude=/usr/share/man/*' '--dpkgopt=path-exclude=/usr/share/locale/*'
    '--dpkgopt=path-exclude=/usr/share/doc/*' '--dpkgopt=path-include=/usr/share/doc/*/copyright'
    "--essential-hook=$(printf '%q' "$here/build/initramfs-hook") before \"\$1\""
    "--customize-hook=$(printf '%q' "$here/build/initramfs-hook") after \"\$1\""
    "$suite" "$work/root" "$mirror"
  )
  if [ "$verbose" = yes ]; then
    run_child "${command[@]}" || status=$?
  else
    run_child "${command[@]}" >"$log" 2>&1 || status=$?
    [ "$status" -eq 0 ] || tail -n 40 "$log" >&2
  fi
  [ "$status" -eq 0 ] || die 3 "mmdebstrap failed (its last lines are above): check the package names and the mirror"
}

# The node's own sources: the build's mirror, with the updates and security repositories that this machine's apt knows.
# The build leaves those two out, so that it depends on one index alone. A password in a URI stays at home.
write_sources() {
  {
    printf 'deb %s %s %s\n' "$mirror" "$suite" "${components//,/ }"
    known_repositories | awk -v suite="$suite" -v components="${components//,/ }" \
      '$2 == suite "-updates" || $2 == suite "-security" { print "deb", $1, $2, components }'
  } | sed -E 's#(://)[^/@]*@#\1#; s#/ # #' >"$1"
}

# None of the build's own traces may stay, and no time in the tree may be later than the clock. This is not a hook of
# mmdebstrap's: that one keeps its apt.conf in the tree's /tmp, and without it, its clean-up would empty the apt lists
# of this machine instead of the tree's.
settle_root_tree() {
  local root=$work/root
  [ -e "$root/sbin/init" ] || [ -L "$root/sbin/init" ] ||
    die 3 'the packages do not include an init system: add systemd-sysv'
  write_sources "$work/sources.list"
  "$here/build/customise-root" "$root" "$work/sources.list" "$disk_id"
  find "$root" -xdev -newermt "@$clock" -print0 | xargs -0 -r touch --no-dereference --date="@$clock"
}
