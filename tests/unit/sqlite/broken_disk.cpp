#include "tests/unit/sqlite/broken_disk.hpp"

#include <new>

#include <sqlite3.h>

namespace coop::sqlite_test {
namespace {

struct State {
    BrokenDisk::Way way = BrokenDisk::Way::well;
    std::int64_t left = 0;
    std::uint64_t syncs = 0;
    std::uint64_t refused = 0;
};
State state;
sqlite3_vfs* real = nullptr;
sqlite3_vfs broken;

struct File {
    sqlite3_file head;
    sqlite3_file* inner;  ///< right behind this struct
};
sqlite3_file* inner(sqlite3_file* file) { return reinterpret_cast<File*>(file)->inner; }
const sqlite3_io_methods& of(sqlite3_file* file) { return *inner(file)->pMethods; }

bool refuses(BrokenDisk::Way way) {
    if (state.way != way || state.left-- > 0) return false;
    ++state.refused;
    return true;
}

int x_close(sqlite3_file* f) { return of(f).xClose(inner(f)); }
int x_read(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    if (refuses(BrokenDisk::Way::read_fails)) return SQLITE_IOERR_READ;
    return of(f).xRead(inner(f), to, size, at);
}
int x_write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    if (refuses(BrokenDisk::Way::full)) return SQLITE_FULL;
    if (refuses(BrokenDisk::Way::write_fails)) return SQLITE_IOERR_WRITE;
    return of(f).xWrite(inner(f), from, size, at);
}
int x_truncate(sqlite3_file* f, sqlite3_int64 size) { return of(f).xTruncate(inner(f), size); }
int x_sync(sqlite3_file* f, int flags) {
    if (refuses(BrokenDisk::Way::sync_fails)) return SQLITE_IOERR_FSYNC;
    ++state.syncs;
    return of(f).xSync(inner(f), flags);
}
int x_size(sqlite3_file* f, sqlite3_int64* size) { return of(f).xFileSize(inner(f), size); }
int x_lock(sqlite3_file* f, int lock) { return of(f).xLock(inner(f), lock); }
int x_unlock(sqlite3_file* f, int lock) { return of(f).xUnlock(inner(f), lock); }
int x_reserved(sqlite3_file* f, int* out) { return of(f).xCheckReservedLock(inner(f), out); }
int x_control(sqlite3_file* f, int op, void* arg) { return of(f).xFileControl(inner(f), op, arg); }
int x_sector(sqlite3_file* f) { return of(f).xSectorSize(inner(f)); }
int x_traits(sqlite3_file* f) { return of(f).xDeviceCharacteristics(inner(f)); }
int x_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return of(f).xShmMap(inner(f), page, size, extend, out);
}
int x_shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return of(f).xShmLock(inner(f), offset, n, flags);
}
void x_barrier(sqlite3_file* f) { of(f).xShmBarrier(inner(f)); }
int x_unmap(sqlite3_file* f, int remove) { return of(f).xShmUnmap(inner(f), remove); }

// Version 2: without memory-mapped reads, which would go round x_read.
constexpr sqlite3_io_methods methods{
    2,         x_close,  x_read,   x_write, x_truncate, x_sync,    x_size,  x_lock,  x_unlock, x_reserved,
    x_control, x_sector, x_traits, x_map,   x_shm_lock, x_barrier, x_unmap, nullptr, nullptr};

int x_open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* got) {
    auto* const own = new (file) File{};
    own->inner = reinterpret_cast<sqlite3_file*>(own + 1);
    const int code = real->xOpen(real, name, own->inner, flags, got);
    own->head.pMethods = own->inner->pMethods != nullptr ? &methods : nullptr;
    return code;
}

}  // namespace

BrokenDisk::BrokenDisk() {
    state = State{};
    real = sqlite3_vfs_find(nullptr);
    broken = *real;
    broken.zName = "broken";
    broken.pNext = nullptr;
    broken.szOsFile = real->szOsFile + static_cast<int>(sizeof(File));
    broken.xOpen = x_open;
    sqlite3_vfs_register(&broken, 1);
}
BrokenDisk::~BrokenDisk() {
    sqlite3_vfs_unregister(&broken);
    sqlite3_vfs_register(real, 1);
}
void BrokenDisk::go(Way way, std::int64_t after) {
    state.way = way;
    state.left = after;
}
std::uint64_t BrokenDisk::syncs() const { return state.syncs; }
std::uint64_t BrokenDisk::refused() const { return state.refused; }

}  // namespace coop::sqlite_test
