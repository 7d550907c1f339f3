// The part of sysfs and of the device tree that tells of network interfaces, USB devices and LEDs, below a folder: as
// the Raspberry Pi boards lay it out, with links where the kernel has links, so that the paths udev derives come out as
// on the boards. Adapters can be plugged in and out.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace kraken::test {

enum class Board {
  kPi3B,
  kPi3BPlus,
  kPi4,
  kPi5,
  kQemuPi3B,  // raspi3b with two usb-net: the first one sits where the 3B's own interface is
};

// An interface, as it is plugged in.
struct FakeNic {
  std::string name;
  std::string port;    // "1-1.2", on one of the board's USB buses
  std::string usb_id;  // "0bda:8153"
  std::string driver;
  std::string mac = "00:e0:4c:68:00:01";
  std::string addr_assign_type = "0";  // 1: random, 3: set by somebody
  bool up = true;
  std::optional<bool> carrier = true;  // nothing: reading it fails, as for an interface that is down
  std::string speed = "1000";          // "": reading it fails

  FakeNic with_link(std::optional<bool> link, std::string mbit) const;
  FakeNic with_random_mac() const;
};

FakeNic r8152(const std::string& name, const std::string& port);           // RTL8153
FakeNic ax88179(const std::string& name, const std::string& port);         // by its own driver
FakeNic ax88179a_ncm(const std::string& name, const std::string& port);    // the same id as cdc_ncm
FakeNic ax88179a_ether(const std::string& name, const std::string& port);  // and as cdc_ether
FakeNic lan78xx(const std::string& name, const std::string& port);         // the chip of the 3B+, as an adapter
FakeNic smsc95xx(const std::string& name, const std::string& port);        // the chip of the 3B, as an adapter
FakeNic asix_100(const std::string& name, const std::string& port);        // AX88772B
FakeNic r8152_100(const std::string& name, const std::string& port);       // RTL8152
FakeNic qemu_usb_net(const std::string& name, const std::string& port);    // cdc_ether of an unknown maker, speed -1

class FakeSysfs {
 public:
  explicit FakeSysfs(std::filesystem::path root);

  // The USB controllers, hubs and the onboard interface, eth0, with a link; the device tree's alias for it.
  void add_board(Board board);
  // A USB adapter; hubs on the way that are not there yet are added.
  void plug(const FakeNic& nic);
  // A hub of a certain maker; others get one of their own.
  void plug_hub(const std::string& port, const std::string& usb_id) const { make_usb_device(port, usb_id); }
  // The USB device at that port, and what hangs on it.
  void unplug(const std::string& port);
  // An adapter that pretends to be a CD-ROM drive, /dev/<device>.
  void plug_cdrom(const std::string& device, const std::string& port, const std::string& usb_id);
  void add_pci_nic(const std::string& name, const std::string& driver);
  void add_virtual_nic(const std::string& name);  // a bond, bridge or veth: no device
  void add_wireless_nic(const std::string& name);
  // A LED; `triggers` is what its file says: "none timer [mmc0] heartbeat".
  void add_led(const std::string& name, const std::string& triggers);

  // As trees without ethernet0 have it.
  void remove_alias() const;
  // As older kernels have it, which link no node to a USB device.
  void remove_tree_nodes() const;

  // Below the root; "sys/class/net/eth0/carrier".
  std::filesystem::path path(std::string_view name) const { return root_ / name; }
  void put(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path make_device(const std::filesystem::path& folder) const;
  std::filesystem::path usb_folder(const std::string& port) const;
  std::filesystem::path make_usb_device(const std::string& port, const std::string& usb_id) const;
  void add_interface(const std::filesystem::path& device, const FakeNic& nic);
  void set_tree_node(const std::filesystem::path& device, const std::string& node) const;
  void add_onboard_usb(const FakeNic& nic, const std::string& node);
  void add_onboard_platform(const std::string& folder, const FakeNic& nic, const std::string& node);
  void link(const std::filesystem::path& at, const std::filesystem::path& target) const;

  std::filesystem::path root_;
  Board board_ = Board::kPi3B;
  int last_index_ = 1;
};

}  // namespace kraken::test
