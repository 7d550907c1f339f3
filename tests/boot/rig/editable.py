"""A copy of a card image with something in its root file system made wrong, through debugfs."""

from .image import Image
from .programs import ProgramFailed, run

# What the list of a large file's extents may take itself; what is left of them is filled in the end.
_BLOCKS_FOR_EXTENTS = 8


class EditableImage(Image):
    """Owns the file at PATH, which it makes as a copy of another one."""

    def __init__(self, given, path, scratch):
        run("cp", "--sparse=always", given, path, timeout=600)
        super().__init__(path)
        self._scratch = scratch

    def put(self, path, content, mode=0o644):
        """A file of root's with that content (bytes), in place of the one that may be there. Its folder must exist."""
        local = self._scratch / "put"
        local.write_bytes(content)
        if self.root_has(path):
            self._edit(f'rm "{path}"')
        self._edit(f'write "{local}" "{path}"')
        for field, value in (("mode", f"0{0o100000 | mode:o}"), ("uid", "0"), ("gid", "0")):
            self._edit(f'set_inode_field "{path}" {field} {value}')
        local.unlink()

    def make_folder(self, path):
        """PATH, which is not there yet, below a folder that is."""
        self._edit(f'mkdir "{path}"')

    def set_modification_time(self, path, seconds):
        # The inode has 32 bits, signed, and two more that count times of 2^32 (Linux, Documentation/filesystems/ext4).
        low = seconds & 0xffffffff
        epoch = (seconds - (low - (1 << 32) if low >> 31 else low)) >> 32
        self._edit(f'set_inode_field "{path}" mtime @{low}')
        self._edit(f'set_inode_field "{path}" mtime_extra {epoch}')

    def fill(self, path):
        """A file that takes every block that is free, those that are kept for root too."""
        self.put(path, b"")
        free = self._free_blocks()
        most = free - _BLOCKS_FOR_EXTENTS
        self._edit(f'fallocate "{path}" 0 {most - 1}')
        if self._free_blocks():
            self._edit(f'fallocate "{path}" {most} {most + self._free_blocks() - 1}')
        if self._free_blocks():
            raise ProgramFailed(f"{self._free_blocks()} blocks of the root file system could not be filled")

    def _free_blocks(self):
        return self.root_file_system()["free_blocks"]

    def _edit(self, request):
        done = run("debugfs", "-w", "-R", request, f"{self.path}?offset={self.root['start']}")
        said = [line for line in (done.stderr + done.stdout).splitlines()
                if line and not line.startswith(("debugfs 1.", "Allocated inode: "))]
        if said:
            raise ProgramFailed(f"{self.path}: {request}: {'; '.join(said)}")
