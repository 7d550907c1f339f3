// The parts that a node's plan is put together from, one file each: plan_boot.cpp, plan_identity.cpp, plan_access.cpp,
// plan_firstboot.cpp, plan_kubernetes.cpp. Each reads the image through the builder and adds edits to it.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "image/edit.h"
#include "image/node_inputs.h"
#include "image/opened_image.h"
#include "image/overlay_files.h"
#include "image/plan_builder.h"

namespace kraken {

struct PlanParts {
  PlanBuilder& plan;
  OpenedImage& image;
  const NodeInputs& inputs;
  const TablePlan& table;
  std::vector<std::string>& warnings;
};

// Root's, with that mode.
NodeAttributes with_mode(std::uint32_t mode);

// cmdline.txt, config.txt, fstab's disk id, and the image's own first-boot programs switched off.
Status plan_boot(PlanParts& parts);
// Host name, hosts, time zone, SSH host key.
Status plan_identity(PlanParts& parts);
// The user, its password, keys and sudo, and the SSH server.
Status plan_access(PlanParts& parts);
// kraken-firstboot, its unit, and the node record.
Status plan_firstboot(PlanParts& parts);

// The keys and tokens of a Kubernetes cluster, k3s' configuration and units; what a former card had of such is removed.
Status plan_kubernetes(PlanParts& parts);

// What the image's own system needs so that ours takes effect; words of cmdline.txt are plan_boot's.
Status plan_os_edits(PlanParts& parts, const OsEdits& edits);

// Every error names the overlay's file and where the overlay was asked for; kConfig for what cannot go where it lies.
Status plan_overlay_file(PlanBuilder& plan, const std::string& overlay, const OverlayFile& file);

}  // namespace kraken
