//! Every step of disconnecting, with a process that dies at it.
