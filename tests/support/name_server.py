"""A name server on loopback that knows a few records and cuts off what it says over UDP."""

import socketserver
import struct
import threading
from contextlib import contextmanager

from dns import flags, message, rcode, rrset


def build_reply(raw, zone, *, truncated):
    """The answer to a question as bytes: `zone` maps (name, type) to texts of records."""
    query = message.from_wire(raw)
    question = query.question[0]
    reply = message.make_response(query)
    known = [records for (name, _kind), records in zone.items() if name == question.name.to_text()]
    records = zone.get((question.name.to_text(), question.rdtype.name), [])
    if not known:
        reply.set_rcode(rcode.NXDOMAIN)
    elif truncated:
        reply.flags |= flags.TC
    elif records:
        reply.answer.append(rrset.from_text(question.name, 60, "IN", question.rdtype, *records))
    return reply.to_wire()


class DatagramHandler(socketserver.BaseRequestHandler):
    def handle(self):
        raw, listener = self.request
        listener.sendto(build_reply(raw, self.server.zone, truncated=True), self.client_address)


class StreamHandler(socketserver.StreamRequestHandler):
    def handle(self):
        (length,) = struct.unpack("!H", self.rfile.read(2))
        reply = build_reply(self.rfile.read(length), self.server.zone, truncated=False)
        self.wfile.write(struct.pack("!H", len(reply)) + reply)


@contextmanager
def running_name_server(zone):
    """Gives the port at which the zone can be asked for, over UDP and TCP."""
    with socketserver.TCPServer(("127.0.0.1", 0), StreamHandler) as stream:
        port = stream.server_address[1]
        with socketserver.UDPServer(("127.0.0.1", port), DatagramHandler) as datagram:
            servers = [stream, datagram]
            for server in servers:
                server.zone = zone
                threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            try:
                yield port
            finally:
                for server in servers:
                    server.shutdown()
