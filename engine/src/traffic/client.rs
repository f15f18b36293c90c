//! A client: its address, what DNS told it, its connections and its cookies.

use core::net::IpAddr;

use super::DNS_TIME_TO_LIVE;
use crate::elb::{CookieJar, ListenerId, NodeId};
use crate::kernel::{SimDuration, SimTime};

/// A connection of a client to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientConnection {
    pub(crate) node: NodeId,
    pub(crate) listener: ListenerId,
    /// The end of `client_keep_alive.seconds`: what is sent later is the last request on it.
    pub(crate) last_call: SimTime,
}

#[derive(Clone, Copy, Debug)]
struct IdleConnection {
    connection: ClientConnection,
    since: SimTime,
}

#[derive(Clone, Copy, Debug)]
struct DnsAnswer {
    node: NodeId,
    came_at: SimTime,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    pub(super) address: IpAddr,
    answer: Option<DnsAnswer>,
    idle: Vec<IdleConnection>,
    pub(crate) cookies: CookieJar,
}

impl Client {
    pub(super) fn new(address: IpAddr) -> Self {
        Self { address, answer: None, idle: Vec::new(), cookies: CookieJar::default() }
    }

    /// Its address: the TCP peer that `source-ip` conditions see.
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// The node of its latest DNS answer and the answer's age, unless its time to live is over.
    pub(super) fn known_node(&self, now: SimTime) -> Option<(NodeId, SimDuration)> {
        let answer = self.answer.filter(|answer| now < answer.came_at + DNS_TIME_TO_LIVE)?;
        Some((answer.node, now.since(answer.came_at)))
    }

    pub(super) fn learn(&mut self, node: NodeId, now: SimTime) {
        self.answer = Some(DnsAnswer { node, came_at: now });
    }

    /// Takes the connection to a listener that was used last, unless the load balancer closes it for idleness
    /// before a request could get there.
    pub(super) fn take_connection(
        &mut self,
        listener: ListenerId,
        now: SimTime,
        idle_timeout: SimDuration,
        round_trip: SimDuration,
    ) -> Option<ClientConnection> {
        self.idle.retain(|idle| now + round_trip < idle.since + idle_timeout);
        let position = self.idle.iter().rposition(|idle| idle.connection.listener == listener)?;
        Some(self.idle.remove(position).connection)
    }

    /// Keeps a connection whose request was sent at `sent_at`, unless that was its last.
    pub(super) fn keep_connection(&mut self, connection: ClientConnection, sent_at: SimTime, now: SimTime) {
        if sent_at < connection.last_call {
            self.idle.push(IdleConnection { connection, since: now });
        }
    }

    /// How many idle connections it has.
    pub(super) fn idle_connections(&self, now: SimTime, idle_timeout: SimDuration) -> usize {
        self.idle.iter().filter(|idle| now < idle.since + idle_timeout).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE_TIMEOUT: SimDuration = SimDuration::from_secs(60);
    const ROUND_TRIP: SimDuration = SimDuration::from_millis(30);
    const LISTENER: ListenerId = ListenerId::new(0);

    fn at(seconds: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(seconds)
    }

    fn client() -> Client {
        Client::new("203.0.113.7".parse().expect("an address"))
    }

    fn take(client: &mut Client, now: SimTime) -> Option<ClientConnection> {
        client.take_connection(LISTENER, now, IDLE_TIMEOUT, ROUND_TRIP)
    }

    /// ELB guide, "How Elastic Load Balancing works": the time to live of the DNS entry is 60 seconds.
    #[test]
    fn a_dns_answer_counts_for_60_seconds() {
        let mut client = client();
        assert_eq!(client.known_node(at(0)), None);
        client.learn(NodeId::new(1), at(0));
        assert_eq!(client.known_node(at(59)), Some((NodeId::new(1), SimDuration::from_secs(59))));
        assert_eq!(client.known_node(at(60)), None);
    }

    /// ALB guide, "Edit attributes": idle connections are closed after the idle timeout.
    #[test]
    fn a_connection_is_used_again_until_the_idle_timeout() {
        let mut client = client();
        let connection = ClientConnection { node: NodeId::new(0), listener: LISTENER, last_call: at(3_600) };
        client.keep_connection(connection, at(0), at(1));
        assert_eq!(client.clone().take_connection(ListenerId::new(1), at(2), IDLE_TIMEOUT, ROUND_TRIP), None);
        assert_eq!(take(&mut client.clone(), at(60)), Some(connection));
        assert_eq!(take(&mut client, at(61)), None);
    }

    /// ALB guide, "Edit attributes", `client_keep_alive.seconds`: after it one more request is served, then the
    /// connection is closed.
    #[test]
    fn one_more_request_after_the_keep_alive_and_the_connection_is_closed() {
        let mut client = client();
        let connection = ClientConnection { node: NodeId::new(0), listener: LISTENER, last_call: at(60) };
        client.keep_connection(connection, at(59), at(59));
        assert_eq!(take(&mut client, at(61)), Some(connection), "one more");
        client.keep_connection(connection, at(61), at(61));
        assert_eq!(take(&mut client, at(62)), None);
    }
}
