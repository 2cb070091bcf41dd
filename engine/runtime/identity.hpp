// Identity: the one secret that makes this board this member; both its key pairs grow from it
// (`crypto::Identity`).
//
// Law: made once, on the first start, and kept in the store, which only its owner may read. It lies beside
// the numbers of the statements that it signed, so that nobody can lose those, keep the key, and give a
// number twice.
#pragma once

#include <string>

#include "engine/base/result.hpp"
#include "engine/crypto/keys.hpp"
#include "engine/storage/store.hpp"

namespace coop::runtime {

/// Reads the identity out of what the store keeps, or draws one and makes it durable. The error is one
/// sentence for the owner; a board that cannot read its identity stops instead of becoming somebody else.
base::Result<crypto::Identity, std::string> load_or_make_identity(const storage::Kept& kept,
                                                                  storage::Store& store);

}  // namespace coop::runtime
