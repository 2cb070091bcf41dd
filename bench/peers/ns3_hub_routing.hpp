// HubRouting: the router in the middle of a star knows from an address which line it is behind. ns-3's own
// routing looks through a list of all lines for every packet, which nobody would put up with for a thousand.
//
//     10.0.0.0/30 ── line 1      net_of(node) = 10.0.0.0 + 4 node; the leaf is .1, the hub is .2 of it
#pragma once

#include <cstdint>

#include <ns3/ipv4-route.h>
#include <ns3/ipv4-routing-helper.h>
#include <ns3/ipv4-routing-protocol.h>

namespace coop::peers {

inline constexpr std::uint32_t first_net = 10U << 24;
constexpr std::uint32_t net_of(std::uint32_t node) { return first_net + 4 * node; }

class HubRouting final : public ns3::Ipv4RoutingProtocol {
  public:
    ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet>, const ns3::Ipv4Header&,
                                         ns3::Ptr<ns3::NetDevice>, ns3::Socket::SocketErrno& error) override {
        error = ns3::Socket::ERROR_NOROUTETOHOST;  // the hub itself has nothing to say
        return nullptr;
    }
    bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header& header,
                    ns3::Ptr<const ns3::NetDevice>, UnicastForwardCallback forward, MulticastForwardCallback,
                    LocalDeliverCallback, ErrorCallback) override {
        const ns3::Ipv4Address to = header.GetDestination();
        const std::uint32_t line = (to.Get() - first_net) / 4 + 1;  // interface 0 is the loopback
        if (line >= ipv4_->GetNInterfaces()) return false;
        const auto route = ns3::Create<ns3::Ipv4Route>();
        route->SetDestination(to);
        route->SetGateway(to);
        route->SetOutputDevice(ipv4_->GetNetDevice(line));
        forward(route, packet, header);
        return true;
    }
    void NotifyInterfaceUp(std::uint32_t) override {}
    void NotifyInterfaceDown(std::uint32_t) override {}
    void NotifyAddAddress(std::uint32_t, ns3::Ipv4InterfaceAddress) override {}
    void NotifyRemoveAddress(std::uint32_t, ns3::Ipv4InterfaceAddress) override {}
    void SetIpv4(ns3::Ptr<ns3::Ipv4> ipv4) override { ipv4_ = ipv4; }
    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const override {}

  private:
    ns3::Ptr<ns3::Ipv4> ipv4_;
};

class HubRoutingHelper final : public ns3::Ipv4RoutingHelper {
  public:
    HubRoutingHelper* Copy() const override { return new HubRoutingHelper(*this); }
    ns3::Ptr<ns3::Ipv4RoutingProtocol> Create(ns3::Ptr<ns3::Node>) const override {
        return ns3::CreateObject<HubRouting>();
    }
};

}  // namespace coop::peers
