from pathlib import Path

import pytest

from data.mounts import NETWORK, file_system

MOUNTS = r"""
22 27 0:20 / /sys rw,nosuid shared:7 - sysfs sysfs rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
31 27 0:40 / /srv/share rw,relatime shared:9 master:3 - nfs4 nas:/export rw,vers=4.2
32 31 0:41 / /srv/share/local\040disk rw,relatime - xfs /dev/vdb rw
""".strip()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/tollboard", "ext4"),
        ("/srv/share/tollboard/var", "nfs4"),
        ("/srv/shared/var", "ext4"),
        ("/srv/share/local disk/var", "xfs"),
    ],
)
def test_the_deepest_mount_above_a_path_tells_its_file_system(path, kind):
    assert file_system(Path(path), MOUNTS) == kind


def test_without_mounts_nothing_is_known():
    assert file_system(Path("/var"), "") == ""


def test_nfs_and_windows_shares_are_network_file_systems():
    assert {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"} <= NETWORK
