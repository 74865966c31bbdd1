//! Makes the engine's flush reach the disk. On Linux sled 0.34.7 ends each write with `sync_file_range` only, which by its manual gives
//! no guarantee against a power loss; acknowledged commits get lost that way. When the call answers ENOSYS, sled uses `fsync`
//! instead. So every binary that links this library carries its own `sync_file_range`, which says just that. The start-up
//! self-test asks through the same symbol the engine uses.

/// Stands in for the C library's function in this binary.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the engine can only be told by the symbol it calls")]
// SAFETY: the signature is the C library's; nothing else in the binary needs the real one, and a caller must expect ENOSYS.
#[unsafe(no_mangle)]
pub extern "C" fn sync_file_range(
    _file: libc::c_int,
    _offset: libc::off64_t,
    _length: libc::off64_t,
    _flags: libc::c_uint,
) -> libc::c_int {
    // SAFETY: the C library's own place of this thread's error number is always valid.
    unsafe { *libc::__errno_location() = libc::ENOSYS };
    -1
}

/// Whether the engine's sync is a real one. False: acknowledged data would not survive a power loss.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "asks through the symbol the engine uses")]
pub(super) fn is_real() -> bool {
    // SAFETY: no file has the number -1, so even the C library's own function touches nothing and answers EBADF.
    let answer = unsafe { libc::sync_file_range(-1, 0, 0, 0) };
    answer == -1 && std::io::Error::last_os_error().raw_os_error() == Some(libc::ENOSYS)
}

/// Elsewhere the engine calls `fsync` anyway.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_real() -> bool {
    true
}
