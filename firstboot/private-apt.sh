# Packages of Debian for another architecture, or as sources, without changing what this machine has: an apt of its own that
# knows one repository. To be sourced by a script that has die(), $suite, $architecture and the folder $work.
#
# shellcheck shell=bash disable=SC2154

find_mirror() {
  mirror=${KRAKEN_DEBIAN_MIRROR:-}
  [ -z "$mirror" ] || return 0
  # The $(...) are apt's own, not the shell's.
  # shellcheck disable=SC2016
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sort -u |
    awk -v suite="$suite" '$2 == suite && !found++ { print $1 }')
  [ -n "$mirror" ] || die "this machine's apt knows no mirror for Debian's $suite: run apt-get update, or name one with" \
    "KRAKEN_DEBIAN_MIRROR (and install debian-archive-keyring where this is not Debian)"
}

# configure_apt deb|deb-src: an apt that knows one repository and one architecture, and nothing of what is installed here.
configure_apt() {
  local kind=$1
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/packages"
  : >"$work/apt/status"
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  printf '%s [arch=%s%s] %s %s main\n' "$kind" "$architecture" "$([ ! -f $keyring ] || echo " signed-by=$keyring")" \
    "$mirror" "$suite" >"$work/apt/sources.list"
  cat >"$work/apt/apt.conf" <<TEXT
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
TEXT
  export APT_CONFIG=$work/apt/apt.conf
}
