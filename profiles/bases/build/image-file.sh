# shellcheck shell=bash
# From a root tree to an image file: FAT32 boot partition, ext4 root partition, partition table. No mount, no loop
# device. Everything that mkfs would make up (ids, seeds, times) is given. Sourced by build-base, which owns $work.
# shellcheck disable=SC2154  # the arguments are build-base's

# Where Raspberry Pi OS bookworm has begun its boot partition since March 2025: 8 MiB.
readonly sector_size=512 boot_start=16384

boot_sectors() { echo $((boot_size / sector_size)); }
root_start() { echo $((boot_start + $(boot_sectors))); }

# The one file that matches PATTERN below the tree's /boot.
only_boot_file() {
  local found
  found=$(find "$work/root/boot" -maxdepth 1 -type f -name "$1")
  if [ -z "$found" ] || [ "$(wc -l <<<"$found")" -ne 1 ]; then
    die 3 "/boot/$1: expected exactly one such file; the packages must include one kernel and initramfs-tools"
  fi
  echo "$found"
}

# The firmware's names for the kernel of this architecture and for its initramfs.
collect_boot_files() {
  local files=$1 kernel=kernel8.img initramfs=initramfs8 vmlinuz version trees tree
  [ "$architecture" = arm64 ] || { kernel=kernel7.img initramfs=initramfs7; }
  vmlinuz=$(only_boot_file 'vmlinuz-*')
  version=${vmlinuz##*/vmlinuz-}
  mkdir "$files"
  cp "$vmlinuz" "$files/$kernel"
  cp "$(only_boot_file "initrd.img-$version")" "$files/$initramfs"

  # arm64 kernels keep device trees by vendor, 32-bit ones in one folder; Raspberry Pi's are bcm27xx and bcm283x.
  trees=$work/root/usr/lib/linux-image-$version
  [ ! -d "$trees/broadcom" ] || trees=$trees/broadcom
  for tree in "$trees"/bcm27*-rpi-*.dtb "$trees"/bcm28*-rpi-*.dtb; do
    [ ! -f "$tree" ] || cp "$tree" "$files/"
  done
  ls "$files"/*.dtb >/dev/null 2>&1 || die 3 "the kernel $version brings no Raspberry Pi device tree"
  if [ -d "$trees/overlays" ]; then
    cp -r "$trees/overlays" "$files/"
  fi
  write_cmdline "$files/cmdline.txt"
  write_config "$files/config.txt"
}

write_cmdline() {
  echo "console=serial0,115200 console=tty1 root=PARTUUID=$disk_id-02 rootfstype=ext4 fsck.repair=yes rootwait quiet" >"$1"
}

write_config() {
  {
    cat <<'TEXT'
# For more options and information see
# http://rptl.io/configtxt

# Load the initramfs that belongs to the kernel
auto_initramfs=1

disable_fw_kms_setup=1
disable_overscan=1
TEXT
    [ "$architecture" != arm64 ] || printf '\n# Run in 64-bit mode\narm_64bit=1\n'
    cat <<'TEXT'

[cm4]
otg_mode=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
TEXT
  } >"$1"
}

make_boot_partition() {
  local fat=$work/boot.fat files=$work/boot name folder
  collect_boot_files "$files"
  find "$files" -exec touch --date="@$clock" {} +
  truncate -s "$boot_size" "$fat"
  # Its one warning is that Raspberry Pi's own label is in lower case.
  mkfs.fat -F 32 -s 4 -S $sector_size -h $boot_start -n bootfs -i "$fat_volume_id" "$fat" >"$work/mkfs.log" 2>&1 ||
    die 3 "mkfs.fat: $(cat "$work/mkfs.log")"
  # mtools would fit the geometry in the boot sector to that of a floppy; the order of the entries is the sorted one.
  (
    cd "$files" || exit
    export MTOOLS_SKIP_CHECK=1
    while read -r folder; do
      mmd -i "$fat" "::$folder"
    done < <(find . -mindepth 1 -type d -printf '%P\n' | sort)
    while read -r name; do
      mcopy -m -i "$fat" "$name" "::$name" </dev/null ||
        die 3 "the boot files do not fit into $boot_size bytes: raise boot_size"
    done < <(find . -type f -printf '%P\n' | sort)
  )
}

make_root_partition() {
  # Our own defaults, so that another distribution's mke2fs.conf does not decide on the features: as on Raspberry Pi OS,
  # neither 64bit nor huge_file is among them.
  cat >"$work/mke2fs.conf" <<'TEXT'
[defaults]
	base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
	default_mntopts = acl,user_xattr
	enable_periodic_fsck = 0
	blocksize = 4096
	inode_size = 256
	inode_ratio = 16384
[fs_types]
	ext4 = {
		features = has_journal,extent,flex_bg,metadata_csum,dir_nlink,extra_isize
	}
TEXT
  truncate -s "$root_size" "$work/root.ext4"
  MKE2FS_CONFIG=$work/mke2fs.conf E2FSPROGS_FAKE_TIME=$clock run_child mke2fs -q -F -t ext4 -T ext4 -L rootfs \
    -U "$root_uuid" -E "hash_seed=$hash_seed,root_owner=0:0" -d "$work/root" "$work/root.ext4" ||
    die 3 "the packages do not fit into $root_size bytes ($(du -sm "$work/root" | cut -f1) MiB of files): raise root_size"
  settle_inode_times "$work/root.ext4"
}

# mke2fs takes every inode's times from the tree, where change times are the kernel's, and access times those of whoever
# looked last: set both here.
settle_inode_times() {
  local file_system=$1
  dumpe2fs "$file_system" 2>/dev/null | awk -v clock="$clock" '
    /^First inode:/ { first = $3 }
    /^Inode count:/ { count = $3 }
    /^  Free inodes: / {
      sub(/^  Free inodes: /, "")
      ranges = split($0, range, ", ")
      for (i = 1; i <= ranges; i++) {
        ends = split(range[i], end, "-")
        for (inode = end[1]; inode <= end[ends]; inode++) free[inode + 0] = 1
      }
    }
    END {
      for (inode = first; inode <= count; inode++)
        if (!(inode in free)) printf "sif <%d> ctime @%d\nsif <%d> atime @%d\n", inode, clock, inode, clock
    }' >"$work/inode-times"
  E2FSPROGS_FAKE_TIME=$clock debugfs -w -f "$work/inode-times" "$file_system" >"$work/debugfs.log" 2>&1
  if grep -v -e '^debugfs' "$work/debugfs.log" >&2; then
    die 3 'debugfs could not set the times (see above)'
  fi
}

assemble_image() {
  local image=$work/image
  truncate -s $(($(root_start) * sector_size + root_size)) "$image"
  sfdisk --quiet "$image" <<TEXT
label: dos
label-id: 0x$disk_id
start=$boot_start, size=$(boot_sectors), type=c
start=$(root_start), size=$((root_size / sector_size)), type=83
TEXT
  copy_into "$work/boot.fat" "$image" $boot_start
  copy_into "$work/root.ext4" "$image" "$(root_start)"
}

# copy_into FILE IMAGE SECTOR; both start on whole MiB, and holes stay holes.
copy_into() {
  dd if="$1" of="$2" bs=1M seek=$(($3 * sector_size / 1048576)) conv=notrunc,sparse status=none
}

check_image() {
  local image=$work/image report=$work/check.log
  { sfdisk --verify "$image" &&
    fsck.fat -n "$work/boot.fat" &&
    e2fsck -fn "$image?offset=$(($(root_start) * sector_size))"; } >"$report" 2>&1 || {
    cat "$report" >&2
    die 3 'the image is not clean (see above): this is a fault of build-base, please report it'
  }
}

publish_image() {
  chmod 0644 "$work/image"
  chown --reference="$(dirname "$output")" "$work/image"
  sync "$work/image"
  mv -T "$work/image" "$output"
  sync "$(dirname "$output")"
}
