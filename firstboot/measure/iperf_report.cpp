#include "measure/iperf_report.h"

#include "json/json.h"

namespace kraken {

namespace {

// {"start": 0, ..., "bits_per_second": 1}: no objects in it.
constexpr std::string_view kSum = "\"sum_received\":";

// More than any node's link: who says so has not measured.
constexpr double kMostBitsPerSecond = 1e12;

Error wrong(std::string what) {
  return Error(ErrorCode::kCorrupt, std::move(what));
}

}  // namespace

Result<double> received_mbit(std::string_view report) {
  const std::size_t at = report.find(kSum);
  if (at == std::string_view::npos) return wrong("iperf3's report has no figures");
  const std::string_view rest = report.substr(at + kSum.size());
  KRAKEN_ASSIGN(const Json sum, parse_json(rest.substr(0, rest.find('}') + 1)).with_context("iperf3's report"));
  const Json* rate = sum.find("bits_per_second");
  const auto* whole = rate == nullptr ? nullptr : rate->as_int();
  const auto* broken = rate == nullptr ? nullptr : rate->as_double();
  if (whole == nullptr && broken == nullptr) return wrong("iperf3's report has no figures");
  const double bits = whole != nullptr ? static_cast<double>(*whole) : *broken;
  if (!(bits > 0 && bits < kMostBitsPerSecond)) return wrong("nothing arrived, or the peer's figures make no sense");
  return bits / 1e6;
}

}  // namespace kraken
