"""What people and machines do to fitscope, on purpose: `make torture`."""
