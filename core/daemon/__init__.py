"""The policy daemon: sockets around the engine. Never decides anything itself."""
