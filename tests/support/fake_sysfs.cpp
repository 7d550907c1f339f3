#include "support/fake_sysfs.h"

#include <array>
#include <fstream>
#include <vector>

namespace kraken::test {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTreeBase = "sys/firmware/devicetree/base";

FakeNic adapter(const std::string& name, const std::string& port, const char* usb_id, const char* driver) {
  FakeNic nic;
  nic.name = name;
  nic.port = port;
  nic.usb_id = usb_id;
  nic.driver = driver;
  return nic;
}

FakeNic board_nic(const char* port, const char* usb_id, const char* driver, const char* speed) {
  FakeNic nic = adapter("eth0", port, usb_id, driver);
  nic.mac = "b8:27:eb:12:34:56";
  nic.speed = speed;
  return nic;
}

// Where the controller of a USB bus is.
std::string controller(Board board, char bus) {
  switch (board) {
    case Board::kPi3B:
    case Board::kPi3BPlus:
    case Board::kQemuPi3B:
      return "platform/soc/3f980000.usb";
    case Board::kPi4:
      return "platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0";
    case Board::kPi5:
      return bus < '3' ? "platform/axi/1000120000.pcie/1f00200000.usb/xhci-hcd.0"
                       : "platform/axi/1000120000.pcie/1f00300000.usb/xhci-hcd.1";
  }
  return "";
}

// The bus that a device belongs to, by its folder's name; "" for folders that are on none.
std::string subsystem_of(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (name == "platform" || name.starts_with("pci0000")) return "";
  if (name.starts_with("0000:")) return "pci";
  if (name.starts_with("mmc")) return "mmc";
  if (name.starts_with("host")) return "scsi";
  if (name.find(':') != std::string::npos && name.find('-') == std::string::npos) return "scsi";
  if (name.starts_with("usb") || name.find('-') == 1) return "usb";
  return "platform";
}

}  // namespace

FakeNic FakeNic::with_link(std::optional<bool> link, std::string mbit) const {
  FakeNic nic = *this;
  nic.up = link.has_value();
  nic.carrier = link;
  nic.speed = std::move(mbit);
  return nic;
}

FakeNic FakeNic::with_random_mac() const {
  FakeNic nic = *this;
  nic.mac = "8a:31:00:00:00:07";
  nic.addr_assign_type = "1";
  return nic;
}

FakeNic r8152(const std::string& name, const std::string& port) {
  return adapter(name, port, "0bda:8153", "r8152");
}
FakeNic ax88179(const std::string& name, const std::string& port) {
  return adapter(name, port, "0b95:1790", "ax88179_178a");
}
FakeNic ax88179a_ncm(const std::string& name, const std::string& port) {
  return adapter(name, port, "0b95:1790", "cdc_ncm");
}
FakeNic ax88179a_ether(const std::string& name, const std::string& port) {
  return adapter(name, port, "0b95:1790", "cdc_ether").with_link(true, "-1");
}
FakeNic lan78xx(const std::string& name, const std::string& port) {
  return adapter(name, port, "0424:7800", "lan78xx");
}
FakeNic smsc95xx(const std::string& name, const std::string& port) {
  return adapter(name, port, "0424:ec00", "smsc95xx").with_link(true, "100");
}
FakeNic asix_100(const std::string& name, const std::string& port) {
  return adapter(name, port, "0b95:772b", "asix").with_link(true, "100");
}
FakeNic r8152_100(const std::string& name, const std::string& port) {
  return adapter(name, port, "0bda:8152", "r8152").with_link(true, "100");
}
FakeNic qemu_usb_net(const std::string& name, const std::string& port) {
  return adapter(name, port, "0525:a4a2", "cdc_ether").with_link(true, "-1");
}

FakeSysfs::FakeSysfs(fs::path root) : root_(std::move(root)) {
  fs::create_directories(path("sys/class/net"));
  add_virtual_nic("lo");
  put("sys/class/net/lo/type", "772\n");
}

void FakeSysfs::put(std::string_view name, std::string_view content) const {
  fs::create_directories(path(name).parent_path());
  std::ofstream(path(name), std::ios::binary) << content;
}

void FakeSysfs::link(const fs::path& at, const fs::path& target) const {
  fs::create_directories(at.parent_path());
  if (!fs::is_symlink(at)) fs::create_symlink(target.lexically_relative(at.parent_path()), at);
}

// All folders of the way, each with what makes it a device. `folder` is below sys/devices.
fs::path FakeSysfs::make_device(const fs::path& folder) const {
  fs::path made = path("sys/devices");
  for (const fs::path& part : folder) {
    made /= part;
    if (fs::exists(made / "uevent")) continue;
    fs::create_directories(made);
    std::ofstream(made / "uevent") << "";
    const std::string subsystem = subsystem_of(made);
    if (!subsystem.empty()) link(made / "subsystem", path("sys/bus/" + subsystem));
  }
  return made;
}

// "1-1.2": platform/.../usb1/1-1/1-1.2
fs::path FakeSysfs::usb_folder(const std::string& port) const {
  fs::path folder = fs::path(controller(board_, port.front())) / (std::string("usb") + port.front());
  for (std::size_t end = port.find('.'); end != std::string::npos; end = port.find('.', end + 1)) {
    folder /= port.substr(0, end);
  }
  return folder / port;
}

fs::path FakeSysfs::make_usb_device(const std::string& port, const std::string& usb_id) const {
  const fs::path folder = make_device(usb_folder(port));
  const auto name_it = [](const fs::path& device, const std::string& id) {
    std::ofstream(device / "idVendor") << id.substr(0, 4) << "\n";
    std::ofstream(device / "idProduct") << id.substr(5) << "\n";
  };
  name_it(folder, usb_id);
  for (fs::path above = folder.parent_path(); subsystem_of(above) == "usb"; above = above.parent_path()) {
    if (!fs::exists(above / "idVendor")) {
      name_it(above, above.filename().string().starts_with("usb") ? "1d6b:0002" : "05e3:0610");
    }
  }
  return folder;
}

void FakeSysfs::add_interface(const fs::path& device, const FakeNic& nic) {
  if (!nic.driver.empty()) link(device / "driver", path("sys/bus/drivers/" + nic.driver));
  const fs::path folder = device / "net" / nic.name;
  const std::string index = std::to_string(++last_index_);
  const auto file = [&](const char* name, const std::string& text) {
    fs::create_directories(folder);
    if (text.empty()) {
      fs::create_directories(folder / name);  // there, and cannot be read
    } else {
      std::ofstream(folder / name) << text << "\n";
    }
  };
  file("uevent", "INTERFACE=" + nic.name + "\nIFINDEX=" + index);
  file("ifindex", index);
  file("type", "1");
  file("address", nic.mac);
  file("addr_assign_type", nic.addr_assign_type);
  file("flags", nic.up ? "0x1003" : "0x1002");
  file("carrier", nic.carrier ? (*nic.carrier ? "1" : "0") : "");
  file("speed", nic.speed);
  link(folder / "device", device);
  link(folder / "subsystem", path("sys/class/net"));
  link(path("sys/class/net") / nic.name, folder);
}

void FakeSysfs::plug(const FakeNic& nic) {
  make_usb_device(nic.port, nic.usb_id);
  add_interface(make_device(usb_folder(nic.port) / (nic.port + ":1.0")), nic);
}

void FakeSysfs::unplug(const std::string& port) {
  fs::remove_all(path("sys/devices") / usb_folder(port));
  for (const char* folder : {"sys/class/net", "sys/class/block"}) {
    if (!fs::exists(path(folder))) continue;
    std::vector<fs::path> dangling;
    for (const auto& entry : fs::directory_iterator(path(folder))) {
      if (!fs::exists(entry.path())) dangling.push_back(entry.path());
    }
    for (const fs::path& gone : dangling) fs::remove(gone);
  }
}

void FakeSysfs::plug_cdrom(const std::string& device, const std::string& port, const std::string& usb_id) {
  make_usb_device(port, usb_id);
  const fs::path scsi = make_device(usb_folder(port) / (port + ":1.0") / "host0" / "target0:0:0" / "0:0:0:0");
  fs::create_directories(scsi / "block" / device);
  std::ofstream(scsi / "block" / device / "uevent") << "DEVNAME=" << device << "\n";
  link(scsi / "block" / device / "device", scsi);
  link(path("sys/class/block") / device, scsi / "block" / device);
}

void FakeSysfs::add_pci_nic(const std::string& name, const std::string& driver) {
  FakeNic nic = adapter(name, "", "", driver.c_str());
  nic.mac = "02:00:00:00:00:99";
  add_interface(make_device("platform/axi/1000110000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0"), nic);
}

void FakeSysfs::add_virtual_nic(const std::string& name) {
  const fs::path folder = path("sys/devices/virtual/net/" + name);
  fs::create_directories(folder);
  std::ofstream(folder / "type") << "1\n";
  std::ofstream(folder / "address") << "02:42:00:00:00:01\n";
  link(path("sys/class/net") / name, folder);
}

void FakeSysfs::add_wireless_nic(const std::string& name) {
  const fs::path device = make_device("platform/soc/3f300000.mmcnr/mmc_host/mmc1/mmc1:0001/mmc1:0001:1");
  FakeNic nic = adapter(name, "", "", "brcmfmac");
  add_interface(device, nic);
  fs::create_directories(device / "net" / name / "phy80211");
}

void FakeSysfs::add_led(const std::string& name, const std::string& triggers) {
  const std::string folder = "sys/class/leds/" + name + "/";
  put(folder + "trigger", triggers + "\n");
  put(folder + "brightness", "0\n");
  put(folder + "max_brightness", "255\n");
  for (const char* file : {"delay_on", "delay_off", "pattern"}) put(folder + file, "");
}

void FakeSysfs::set_tree_node(const fs::path& device, const std::string& node) const {
  const fs::path target = path(std::string(kTreeBase) + node);
  fs::create_directories(target);
  link(device / "of_node", target);
  put("proc/device-tree/aliases/ethernet0", node + '\0');
}

void FakeSysfs::add_onboard_usb(const FakeNic& nic, const std::string& node) {
  plug(nic);
  set_tree_node(path("sys/devices") / usb_folder(nic.port), node);
}

void FakeSysfs::add_onboard_platform(const std::string& folder, const FakeNic& nic, const std::string& node) {
  const fs::path device = make_device(folder);
  add_interface(device, nic);
  set_tree_node(device, node);
}

void FakeSysfs::add_board(Board board) {
  board_ = board;
  switch (board) {
    case Board::kPi3B:
      make_usb_device("1-1", "0424:9514");
      return add_onboard_usb(board_nic("1-1.1", "0424:ec00", "smsc95xx", "100"), "/soc/usb@7e980000/usb1@1/ethernet@1");
    case Board::kPi3BPlus:
      make_usb_device("1-1", "0424:2514");
      make_usb_device("1-1.1", "0424:2514");
      return add_onboard_usb(board_nic("1-1.1.1", "0424:7800", "lan78xx", "1000"),
                             "/soc/usb@7e980000/usb-port@1/usb-port@1/ethernet@1");
    case Board::kPi4:
      make_usb_device("1-1", "2109:3431");
      return add_onboard_platform("platform/scb/fd580000.ethernet", board_nic("", "", "bcmgenet", "1000"),
                                  "/scb/ethernet@7d580000");
    case Board::kPi5:
      return add_onboard_platform("platform/axi/1000120000.pcie/1f00100000.ethernet", board_nic("", "", "macb", "1000"),
                                  "/axi/pcie@1000120000/rp1/ethernet@100000");
    case Board::kQemuPi3B:
      make_usb_device("1-1", "0409:55aa");
      return add_onboard_usb(board_nic("1-1.1", "0525:a4a2", "cdc_ether", "-1"), "/soc/usb@7e980000/usb1@1/ethernet@1");
  }
}

void FakeSysfs::remove_alias() const {
  fs::remove(path("proc/device-tree/aliases/ethernet0"));
}

void FakeSysfs::remove_tree_nodes() const {
  std::vector<fs::path> links;
  for (const auto& entry : fs::recursive_directory_iterator(path("sys/devices"))) {
    if (entry.path().filename() == "of_node") links.push_back(entry.path());
  }
  for (const fs::path& node : links) fs::remove(node);
}

}  // namespace kraken::test
