/* veda.h: all of veda's C interface. */
#ifndef VEDA_H
#define VEDA_H

#include <veda/job.h>
#include <veda/loop.h>
#include <veda/runtime.h>
#include <veda/scope.h>
#include <veda/status.h>
#include <veda/task.h>
#include <veda/telemetry.h>
#include <veda/version.h>

#endif
