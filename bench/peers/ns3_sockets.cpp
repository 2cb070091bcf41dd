// Push gossip in ns-3 by UDP sockets: a star of point-to-point lines, 10 Mbit/s and 5 to 50 ms each, so 10 to
// 100 ms from one to another, through one router in the middle. HOW names one of its schedulers.
#include <vector>

#include <ns3/data-rate.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/node-container.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/udp-socket-factory.h>

#include "bench/peers/ns3_hub_routing.hpp"
#include "bench/peers/ns3_rounds.hpp"

namespace coop::peers {
namespace {

constexpr std::uint16_t port = 9000;

class Gossip {
  public:
    explicit Gossip(std::uint32_t n) : heard_(n) {
        ns3::NodeContainer leaves(n), hub(1);
        ns3::InternetStackHelper stack;
        stack.SetIpv6StackInstall(false);
        stack.Install(leaves);
        HubRoutingHelper by_address;
        stack.SetRoutingHelper(by_address);
        stack.Install(hub);
        for (std::uint32_t node = 0; node < n; ++node) connect(leaves.Get(node), hub.Get(0), node);
    }
    void publish(std::uint32_t who) {
        ++notice_;
        heard_[who] = notice_;
        ns3::Simulator::ScheduleNow(&Gossip::push, this, who);
        ns3::Simulator::Run();
    }
    std::uint64_t deliveries = 0;
    std::uint64_t messages = 0;

  private:
    void connect(const ns3::Ptr<ns3::Node>& leaf, const ns3::Ptr<ns3::Node>& hub, std::uint32_t node) {
        ns3::PointToPointHelper line;
        line.SetDeviceAttribute("DataRate", ns3::DataRateValue(ns3::DataRate(uplink_bits)));
        line.SetChannelAttribute("Delay", ns3::TimeValue(to_ns3(way(rng_) / 2)));
        line.DisableFlowControl();  // else every device gets a queueing discipline of its own
        ns3::Ipv4AddressHelper addresses(ns3::Ipv4Address(net_of(node)), "255.255.255.252");
        addresses_.push_back(addresses.Assign(line.Install(leaf, hub)).GetAddress(0));
        ns3::Ipv4StaticRoutingHelper routing;
        routing.GetStaticRouting(leaf->GetObject<ns3::Ipv4>())
            ->SetDefaultRoute(ns3::Ipv4Address(net_of(node) + 2), 1);

        sockets_.push_back(ns3::Socket::CreateSocket(leaf, ns3::UdpSocketFactory::GetTypeId()));
        sockets_.back()->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), port));
        sockets_.back()->SetRecvCallback(ns3::MakeCallback(&Gossip::receive, this).Bind(node));
    }
    void receive(std::uint32_t node, ns3::Ptr<ns3::Socket> socket) {
        while (socket->Recv()) {
            ++messages;
            if (heard_[node] == notice_) continue;
            heard_[node] = notice_;
            ++deliveries;
            push(node);
        }
    }
    void push(std::uint32_t node) {
        for (std::uint32_t i = 0; i < fanout; ++i) {
            const std::uint32_t to = another(rng_, node, static_cast<std::uint32_t>(sockets_.size()));
            sockets_[node]->SendTo(ns3::Create<ns3::Packet>(notice_bytes), 0,
                                   ns3::InetSocketAddress(addresses_[to], port));
        }
    }

    std::uint32_t notice_ = 0;
    std::vector<std::uint32_t> heard_;  // the last notice that a node got
    std::vector<ns3::Ipv4Address> addresses_;
    std::vector<ns3::Ptr<ns3::Socket>> sockets_;
    base::Rng rng_ = chance();
};

}  // namespace
}  // namespace coop::peers

int main(int count, char** words) {
    coop::peers::run_gossip<coop::peers::Gossip>(coop::peers::read(count, words, true));
}
