// uncancelled.hpp: the library's own waits, files and messages are no cancellation points of the user's
// thread. A thread that is cancelled in one would unwind through frames that hold places, locks and counts of
// others, and end the program. So whatever calls a cancellation point of the C library (sleep, join, read,
// write) stands behind this shield. The request stays pending, and acts at the thread's next cancellation
// point outside. Never around the user's code.
#pragma once

#include <pthread.h>

namespace veda::rt::os {

class uncancelled {
  public:
    uncancelled() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
    ~uncancelled() { pthread_setcancelstate(before_, nullptr); }
    uncancelled(const uncancelled&) = delete;

  private:
    int before_;
};

}  // namespace veda::rt::os
