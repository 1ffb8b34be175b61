/* The hot path in C: what runs at every event, and nothing else.

   The meaning of everything here is in Python: each function below replaces one of the same name in
   `kernel/` (turns, operations, ledger, sites), `primitives/memory.py`, `primitives/locks.py`,
   `analysis/traces.py` or `strategies/`, does what that one does, event for event, and calls Python
   wherever a case is rare (a time-out, a check-up, an idle moment, a lock that somebody outside
   holds). Without this module the Python ones run, and the test suite holds the two equal.

   The classes stay Python's. Their fields are slots, and a slot lies at an offset that its
   descriptor knows; `bind` reads the offsets once. So a field is read here as fast as a C struct's,
   and there is one definition of what a task or a mutex is.

   A task is suspended in the middle of these functions: a greenlet's stack is put aside, and comes
   back. Whatever is used afterwards must be owned by us or by our caller. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <structmember.h>

/* Of this file, by setup.py: a build of another version of it is not used (see hot.py). */
#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST ""
#endif

/* ---------------------------------------------------------------- fields */

static struct {
    Py_ssize_t strategy, carrier, alive, fuse, current, enabled, slack, trace, switches, path,
        decisions, preempted_at, deviations, is_over, max_steps, passed_alone, is_focused,
        sees_accesses, records, tasks, is_draining, touched, failures;
} K;

static struct {
    Py_ssize_t index, ops, kind, resource, site, is_enabled, is_done, timed_out, deadline, timer,
        ride, ident, os_ident, body, handle, locals, is_started;
} T;

static struct {
    Py_ssize_t is_closed, waiters, made_at;
} R;

static struct {
    Py_ssize_t body, idle, to;
} RIDE;

static struct {
    Py_ssize_t kind, made_at, owner, depth, taken_at;
} M;

static struct {
    Py_ssize_t kind, member, is_shared;
} S;

static struct {
    Py_ssize_t kernel;
} ST;

static struct {
    Py_ssize_t state;
} D;

static struct {
    Py_ssize_t real, mutex, is_quiet;
} L;

static struct {
    Py_ssize_t real, mutex, is_quiet, owner, count;
} RL;

typedef struct {
    const char *name;
    Py_ssize_t *offset;
} Field;

static Field kernel_fields[] = {
    {"strategy", &K.strategy},
    {"carrier", &K.carrier},
    {"alive", &K.alive},
    {"fuse", &K.fuse},
    {"current", &K.current},
    {"enabled", &K.enabled},
    {"slack", &K.slack},
    {"trace", &K.trace},
    {"switches", &K.switches},
    {"path", &K.path},
    {"decisions", &K.decisions},
    {"preempted_at", &K.preempted_at},
    {"deviations", &K.deviations},
    {"is_over", &K.is_over},
    {"max_steps", &K.max_steps},
    {"passed_alone", &K.passed_alone},
    {"is_focused", &K.is_focused},
    {"sees_accesses", &K.sees_accesses},
    {"records", &K.records},
    {"tasks", &K.tasks},
    {"is_draining", &K.is_draining},
    {"touched", &K.touched},
    {"failures", &K.failures},
    {NULL, NULL},
};

static Field task_fields[] = {
    {"index", &T.index},
    {"ops", &T.ops},
    {"kind", &T.kind},
    {"resource", &T.resource},
    {"site", &T.site},
    {"is_enabled", &T.is_enabled},
    {"is_done", &T.is_done},
    {"timed_out", &T.timed_out},
    {"deadline", &T.deadline},
    {"timer", &T.timer},
    {"ride", &T.ride},
    {"ident", &T.ident},
    {"os_ident", &T.os_ident},
    {"body", &T.body},
    {"handle", &T.handle},
    {"locals", &T.locals},
    {"is_started", &T.is_started},
    {NULL, NULL},
};

static Field resource_fields[] = {
    {"is_closed", &R.is_closed},
    {"waiters", &R.waiters},
    {"made_at", &R.made_at},
    {NULL, NULL},
};

static Field ride_fields[] = {
    {"body", &RIDE.body},
    {"idle", &RIDE.idle},
    {"to", &RIDE.to},
    {NULL, NULL},
};

static Field mutex_fields[] = {
    {"kind", &M.kind},
    {"made_at", &M.made_at},
    {"owner", &M.owner},
    {"depth", &M.depth},
    {"taken_at", &M.taken_at},
    {NULL, NULL},
};

static Field site_fields[] = {
    {"kind", &S.kind},
    {"member", &S.member},
    {"is_shared", &S.is_shared},
    {NULL, NULL},
};

static Field state_fields[] = {
    {"kernel", &ST.kernel},
    {NULL, NULL},
};

static Field draws_fields[] = {
    {"state", &D.state},
    {NULL, NULL},
};

static Field lock_fields[] = {
    {"_real", &L.real},
    {"_mutex", &L.mutex},
    {"_is_quiet", &L.is_quiet},
    {NULL, NULL},
};

static Field rlock_fields[] = {
    {"_real", &RL.real},
    {"_mutex", &RL.mutex},
    {"_is_quiet", &RL.is_quiet},
    {"_owner", &RL.owner},
    {"_count", &RL.count},
    {NULL, NULL},
};

/* ---------------------------------------------------------------- what was bound */

static PyTypeObject *KernelType, *TaskType, *ResourceType, *MutexType, *SiteType;
static PyTypeObject *RandomWalkType, *DrawsType, *GreenletCarrierType, *RideType;
static PyObject *state;         /* kernel.scheduler.STATE */
static PyObject *TaskAbandoned; /* the exception */
static PyObject *reads;         /* model.operation.READS */
static PyObject *classify;      /* kernel.sites.classify */
static PyObject *slow_caller_site;
static PyObject *slow_enter, *slow_decide, *slow_pass_alone;
static PyObject *slow_lock_acquire, *slow_lock_release;
static PyObject *slow_rlock_acquire, *slow_rlock_release;
static PyObject *settrace, *setprofile;
static PyObject *partial, *daemon_name, *end_process;

#define WORDS(_)                                                                                   \
    _(acquire) _(alone) _(append) _(begin) _(check_up) _(choose) _(continue) _(daemon)             \
    _(drop_locals) _(end) _(fire_early) _(gr_context) _(idle) _(learn) _(leave) _(live) _(locked)  \
    _(look_for_cycle) _(mount) _(note) _(random) _(read) _(release) _(set_timer) _(spawn)          \
    _(successor) _(switch)
#define DECLARE(word) static PyObject *str_##word;
WORDS(DECLARE)
static PyObject *str_time_out;
static PyObject *one;

/* ---------------------------------------------------------------- small things */

#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

static inline void
put(PyObject *object, Py_ssize_t offset, PyObject *value)
{
    PyObject **slot = &SLOT(object, offset), *old = *slot;
    Py_INCREF(value);
    *slot = value;
    Py_XDECREF(old);
}

static inline int
put_long(PyObject *object, Py_ssize_t offset, long value)
{
    PyObject *number = PyLong_FromLong(value);
    if (number == NULL)
        return -1;
    PyObject **slot = &SLOT(object, offset), *old = *slot;
    *slot = number;
    Py_XDECREF(old);
    return 0;
}

static inline long
as_long(PyObject *object, Py_ssize_t offset)
{
    return PyLong_AsLong(SLOT(object, offset)); /* our own counters: never too large */
}

static inline int
bump(PyObject *object, Py_ssize_t offset)
{
    return put_long(object, offset, as_long(object, offset) + 1);
}

static inline int
is_true(PyObject *object, Py_ssize_t offset)
{
    PyObject *value = SLOT(object, offset);
    if (value == Py_True)
        return 1;
    if (value == Py_False || value == Py_None)
        return 0;
    return PyObject_IsTrue(value);
}

static inline int
is_zero(PyObject *object, Py_ssize_t offset)
{
    return PyLong_AsLong(SLOT(object, offset)) == 0;
}

static int
call_method(PyObject *object, PyObject *name, PyObject *argument)
{
    PyObject *result = argument == NULL ? PyObject_CallMethodNoArgs(object, name)
                                        : PyObject_CallMethodOneArg(object, name, argument);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

/* `object.name(argument)` as a truth value; -1 where it raised. */
static int
ask(PyObject *object, PyObject *name, PyObject *argument)
{
    PyObject *result = argument == NULL ? PyObject_CallMethodNoArgs(object, name)
                                        : PyObject_CallMethodOneArg(object, name, argument);
    if (result == NULL)
        return -1;
    int truth = PyObject_IsTrue(result);
    Py_DECREF(result);
    return truth;
}

/* `list.append`, of a subclass that does more, too. */
static int
append(PyObject *list, PyObject *item)
{
    if (PyList_CheckExact(list))
        return PyList_Append(list, item);
    return call_method(list, str_append, item);
}

static int
remove_from(PyObject *list, PyObject *item)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (PyList_GET_ITEM(list, i) == item)
            return PyList_SetSlice(list, i, i + 1, NULL);
    PyErr_SetString(PyExc_ValueError, "list.remove(x): x not in list");
    return -1;
}

static int
expect(PyObject *object, PyTypeObject *type, const char *what)
{
    if (PyObject_TypeCheck(object, type))
        return 0;
    PyErr_Format(PyExc_TypeError, "%s expected, not %.100s", what, Py_TYPE(object)->tp_name);
    return -1;
}

static int
abandoned(void)
{
    PyErr_SetNone(TaskAbandoned);
    return -1;
}

/* The kernel, if the caller is the task that has the turn (borrowed); else NULL, and no error. */
static inline PyObject *
kernel_here(void)
{
    PyObject *kernel = SLOT(state, ST.kernel);
    if (kernel == Py_None)
        return NULL;
    PyObject *ident = SLOT(SLOT(kernel, K.current), T.os_ident);
    return PyLong_AsUnsignedLong(ident) == PyThread_get_thread_ident() ? kernel : NULL;
}

/* ---------------------------------------------------------------- the kernel */

static int
record(PyObject *kernel, PyObject *task, PyObject *kind, PyObject *resource, PyObject *site)
{
    PyObject *item = PyTuple_Pack(4, SLOT(task, T.index), kind, resource, site);
    if (item == NULL)
        return -1;
    int failed = append(SLOT(kernel, K.trace), item);
    Py_DECREF(item);
    return failed;
}

static int
tick(PyObject *kernel, PyObject *task)
{
    long fuse = as_long(kernel, K.fuse) - 1;
    if (put_long(kernel, K.fuse, fuse) < 0)
        return -1;
    return fuse < 0 ? call_method(kernel, str_check_up, task) : 0;
}

static inline void
announce(PyObject *task, PyObject *kind, PyObject *resource, PyObject *site)
{
    put(task, T.kind, kind);
    put(task, T.resource, resource);
    put(task, T.site, site);
}

/* The next number of a `Draws` (strategies/draws.py), in [0, 1); -1 where something was raised. */
static double
draw(PyObject *draws)
{
    uint64_t number = PyLong_AsUnsignedLongLongMask(SLOT(draws, D.state));
    number = number * 6364136223846793005u + 1442695040888963407u;
    PyObject *next = PyLong_FromUnsignedLongLong(number);
    if (next == NULL)
        return -1.0;
    PyObject *before = SLOT(draws, D.state);
    SLOT(draws, D.state) = next;
    Py_DECREF(before);
    return (double)(number >> 11) * (1.0 / 9007199254740992.0);
}

static PyObject *
draws_random(PyObject *self, PyObject *ignored)
{
    double drawn = draw(self);
    return drawn < 0 ? NULL : PyFloat_FromDouble(drawn);
}

static inline uint64_t
mix(uint64_t value)
{ /* the finaliser of SplitMix64 (Steele, Lea, Flood 2014) */
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

/* Draws.seed(a=None, version=2) */
static PyObject *
draws_seed(PyObject *self, PyObject *args, PyObject *names)
{
    static char *words[] = {"a", "version", NULL};
    PyObject *given = Py_None, *version;
    if (!PyArg_ParseTupleAndKeywords(args, names, "|OO:seed", words, &given, &version))
        return NULL;
    uint64_t value = 0;
    if (given != Py_None) {
        PyObject *number = PyNumber_Long(given);
        if (number == NULL)
            return NULL;
        value = PyLong_AsUnsignedLongLongMask(number);
        Py_DECREF(number);
    }
    PyObject *mixed = PyLong_FromUnsignedLongLong(mix(value));
    if (mixed == NULL)
        return NULL;
    PyObject *before = SLOT(self, D.state); /* NULL the first time */
    SLOT(self, D.state) = mixed;
    Py_XDECREF(before);
    Py_RETURN_NONE;
}

static PyMethodDef draws_methods[] = {
    {"seed", (PyCFunction)(void (*)(void))draws_seed, METH_VARARGS | METH_KEYWORDS, NULL},
    {"random", draws_random, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* What RandomWalk.choose() does. */
static PyObject *
random_one(PyObject *strategy, PyObject *enabled)
{
    PyObject *draws = PyObject_GetAttr(strategy, str_random);
    if (draws == NULL)
        return NULL;
    double drawn = -1.0;
    if (expect(draws, DrawsType, "a Draws") == 0)
        drawn = draw(draws);
    Py_DECREF(draws);
    if (drawn < 0)
        return NULL;
    PyObject *chosen =
        PyList_GET_ITEM(enabled, (Py_ssize_t)(drawn * (double)PyList_GET_SIZE(enabled)));
    Py_INCREF(chosen);
    return chosen;
}

/* A new reference, here and wherever a task is returned. */
static PyObject *
decide(PyObject *kernel, PyObject *task, PyObject *by_default)
{
    if (!is_zero(kernel, K.slack)) {
        PyObject *args[] = {kernel, task, by_default};
        return PyObject_Vectorcall(slow_decide, args, 3, NULL);
    }
    if (bump(kernel, K.decisions) < 0)
        return NULL;
    PyObject *strategy = SLOT(kernel, K.strategy), *enabled = SLOT(kernel, K.enabled), *chosen;
    if (Py_TYPE(strategy) == RandomWalkType) {
        chosen = random_one(strategy, enabled);
    }
    else {
        PyObject *args[] = {strategy, enabled, task, by_default};
        chosen = PyObject_VectorcallMethod(str_choose, args, 4, NULL);
    }
    if (chosen == NULL)
        return NULL;
    if (expect(chosen, TaskType, "a task from Strategy.choose()") < 0)
        goto failed;
    if (!is_true(chosen, T.is_enabled) && call_method(kernel, str_fire_early, chosen) < 0)
        goto failed;
    if (chosen != by_default) {
        int preempts = task == by_default && is_true(task, T.is_enabled);
        if (preempts) {
            PyObject *number = PyLong_FromSsize_t(PyObject_Size(SLOT(kernel, K.trace)));
            if (number == NULL)
                goto failed;
            int added = PySet_Add(SLOT(kernel, K.preempted_at), number);
            Py_DECREF(number);
            if (added < 0)
                goto failed;
        }
        PyObject *waited = PyLong_FromLong(0);
        if (waited == NULL)
            goto failed;
        PyObject *item = PyTuple_Pack(
            8, SLOT(task, T.index), SLOT(task, T.ops), SLOT(chosen, T.index),
            preempts ? Py_True : Py_False, waited, SLOT(task, T.kind), SLOT(task, T.resource),
            SLOT(task, T.site));
        Py_DECREF(waited);
        if (item == NULL)
            goto failed;
        int noted = append(SLOT(kernel, K.deviations), item);
        Py_DECREF(item);
        if (noted < 0)
            goto failed;
    }
    return chosen;
failed:
    Py_DECREF(chosen);
    return NULL;
}

static PyObject *
task_after(PyObject *kernel, PyObject *task)
{
    PyObject *enabled = SLOT(kernel, K.enabled);
    long index = as_long(task, T.index);
    Py_ssize_t size = PyList_GET_SIZE(enabled);
    for (Py_ssize_t i = 0; i < size; i++) {
        PyObject *other = PyList_GET_ITEM(enabled, i);
        if (as_long(other, T.index) > index) {
            Py_INCREF(other);
            return other;
        }
    }
    PyObject *first = PyList_GetItem(enabled, 0); /* borrowed; raises where it is empty */
    Py_XINCREF(first);
    return first;
}

static int
give_hook_back(PyObject *set, PyObject *hook)
{
    PyObject *result = PyObject_CallOneArg(set, hook == NULL ? Py_None : hook);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

/* The turn goes to `chosen`: a line in the books. */
static int
note_turn(PyObject *kernel, PyObject *chosen)
{
    if (bump(kernel, K.switches) < 0)
        return -1;
    put(kernel, K.current, chosen);
    PyObject *number = PyLong_FromSsize_t(PyObject_Size(SLOT(kernel, K.trace)));
    if (number == NULL)
        return -1;
    PyObject *turn = PyTuple_Pack(2, SLOT(chosen, T.index), number);
    Py_DECREF(number);
    if (turn == NULL)
        return -1;
    int noted = append(SLOT(kernel, K.path), turn);
    Py_DECREF(turn);
    return noted;
}

static int
transfer(PyObject *kernel, PyObject *task, PyObject *chosen)
{
    if (note_turn(kernel, chosen) < 0)
        return -1;

    PyThreadState *thread = PyThreadState_Get();
    PyObject *tracer = thread->c_traceobj, *profiler = thread->c_profileobj;
    Py_XINCREF(tracer);
    Py_XINCREF(profiler);
    PyObject *carrier = SLOT(kernel, K.carrier), *result;
    Py_INCREF(kernel);
    if (Py_TYPE(carrier) == GreenletCarrierType) {
        result = PyObject_CallMethodNoArgs(SLOT(chosen, T.ride), str_switch);
    }
    else {
        PyObject *args[] = {carrier, task, chosen};
        result = PyObject_VectorcallMethod(str_switch, args, 3, NULL);
    }
    int failed = result == NULL ? -1 : 0;
    Py_XDECREF(result);
    if (!failed && thread->c_traceobj != tracer)
        failed = give_hook_back(settrace, tracer);
    if (!failed && thread->c_profileobj != profiler)
        failed = give_hook_back(setprofile, profiler);
    if (!failed && is_true(kernel, K.is_over))
        failed = abandoned();
    Py_XDECREF(tracer);
    Py_XDECREF(profiler);
    Py_DECREF(kernel);
    return failed;
}

/* Let the strategy decide, and give the turn away if it says so. */
static int
decide_and_transfer(PyObject *kernel, PyObject *task, PyObject *by_default)
{
    PyObject *chosen = decide(kernel, task, by_default);
    if (chosen == NULL)
        return -1;
    int failed = chosen == task ? 0 : transfer(kernel, task, chosen);
    Py_DECREF(chosen);
    return failed;
}

static inline int
has_choice(PyObject *kernel)
{
    return PyList_GET_SIZE(SLOT(kernel, K.enabled)) > 1 || !is_zero(kernel, K.slack);
}

static int
enable(PyObject *kernel, PyObject *task)
{
    if (is_true(task, T.is_enabled) || is_true(task, T.is_done))
        return 0;
    put(task, T.is_enabled, Py_True);
    if (put_long(task, T.timer, 0) < 0)
        return -1;
    PyObject *enabled = SLOT(kernel, K.enabled);
    Py_ssize_t place = PyList_GET_SIZE(enabled);
    long index = as_long(task, T.index);
    while (place > 0 && as_long(PyList_GET_ITEM(enabled, place - 1), T.index) > index)
        place--;
    return PyList_Insert(enabled, place, task);
}

static int
disable(PyObject *kernel, PyObject *task)
{
    if (!is_true(task, T.is_enabled))
        return 0;
    put(task, T.is_enabled, Py_False);
    return remove_from(SLOT(kernel, K.enabled), task);
}

static PyObject *
pass_on(PyObject *kernel, PyObject *task)
{
    while (PyList_GET_SIZE(SLOT(kernel, K.enabled)) == 0) {
        int somebody = ask(kernel, str_idle, task);
        if (somebody < 0)
            return NULL;
        if (!somebody) {
            put(kernel, K.is_draining, Py_False);
            PyObject *main = PyList_GetItem(SLOT(kernel, K.tasks), 0);
            Py_XINCREF(main);
            return main;
        }
    }
    PyObject *enabled = SLOT(kernel, K.enabled);
    if (PyList_GET_SIZE(enabled) == 1 && is_zero(kernel, K.slack)) {
        PyObject *only = PyList_GET_ITEM(enabled, 0);
        Py_INCREF(only);
        return only;
    }
    PyObject *next = task_after(kernel, task);
    if (next == NULL)
        return NULL;
    PyObject *chosen = decide(kernel, task, next);
    Py_DECREF(next);
    return chosen;
}

static int
block(PyObject *kernel, PyObject *task, PyObject *deadline)
{
    if (is_true(kernel, K.is_over))
        return abandoned();
    if (disable(kernel, task) < 0)
        return -1;
    if (deadline != Py_None) {
        PyObject *args[] = {kernel, task, deadline};
        PyObject *result = PyObject_VectorcallMethod(str_set_timer, args, 3, NULL);
        if (result == NULL)
            return -1;
        Py_DECREF(result);
    }
    PyObject *chosen = pass_on(kernel, task);
    if (chosen == NULL)
        return -1;
    int failed = 0;
    if (chosen != task)
        failed = transfer(kernel, task, chosen);
    else if (is_true(kernel, K.is_over))
        failed = abandoned();
    Py_DECREF(chosen);
    return failed < 0 ? -1 : put_long(task, T.timer, 0);
}

static int
pass_alone(PyObject *kernel, PyObject *task)
{
    long passed = as_long(kernel, K.passed_alone) + 1;
    /* Well below the limit there is nothing to look at but the fuse. */
    if (as_long(kernel, K.fuse) >= 0 && passed <= as_long(kernel, K.max_steps))
        return put_long(kernel, K.passed_alone, passed);
    PyObject *args[] = {kernel, task};
    PyObject *result = PyObject_Vectorcall(slow_pass_alone, args, 2, NULL);
    if (result == NULL)
        return -1;
    Py_DECREF(result);
    return 0;
}

static int
point(PyObject *kernel, PyObject *kind, PyObject *resource, PyObject *site)
{
    PyObject *task = SLOT(kernel, K.current);
    if (SLOT(kernel, K.alive) == one)
        return pass_alone(kernel, task);
    Py_INCREF(task);
    int failed = bump(task, T.ops) < 0 || tick(kernel, task) < 0;
    if (!failed) {
        announce(task, kind, resource, site);
        if (has_choice(kernel))
            failed = decide_and_transfer(kernel, task, task) < 0;
    }
    failed = failed || record(kernel, task, kind, resource, site) < 0;
    Py_DECREF(task);
    return failed ? -1 : 0;
}

/* Whether waiting for `mutex` might close a cycle: whoever owns it waits, too, and for good. */
static int
may_close_cycle(PyObject *task, PyObject *mutex)
{
    PyObject *owner = SLOT(mutex, M.owner);
    if (owner == Py_None)
        return 0;
    if (owner == task || Py_TYPE(owner) != TaskType)
        return 1;
    return !(is_true(owner, T.is_enabled) || is_true(owner, T.is_done) ||
             !is_zero(owner, T.timer) || SLOT(owner, T.deadline) != Py_None);
}

/* A `finally` that takes the task from the waiters, and keeps what was raised before. */
static int
stop_waiting(PyObject *waiters, PyObject *task, int failed)
{
    PyObject *type = NULL, *value = NULL, *traceback = NULL;
    if (failed)
        PyErr_Fetch(&type, &value, &traceback);
    int removed = remove_from(waiters, task);
    if (failed) {
        if (removed < 0)
            PyErr_Clear();
        PyErr_Restore(type, value, traceback);
        return -1;
    }
    return removed;
}

/* 1: could do it; 0: its time was over first; -1: raised. Without a deadline. */
static int
enter(PyObject *kernel, PyObject *kind, PyObject *resource, PyObject *site)
{
    PyObject *task = SLOT(kernel, K.current);
    if (SLOT(kernel, K.alive) == one && !is_true(resource, R.is_closed))
        return pass_alone(kernel, task) < 0 ? -1 : 1;
    Py_INCREF(task);
    int failed = bump(task, T.ops) < 0;
    if (failed)
        goto done;
    announce(task, kind, resource, site);
    failed = tick(kernel, task) < 0;
    if (failed)
        goto done;
    PyObject *waiters = SLOT(resource, R.waiters);
    Py_INCREF(waiters);
    if (is_true(resource, R.is_closed)) {
        put(task, T.deadline, Py_None);
        failed = PyList_Append(waiters, task) < 0;
        if (!failed) {
            if (Py_TYPE(resource) == MutexType && may_close_cycle(task, resource)) {
                PyObject *args[] = {kernel, task, resource};
                PyObject *looked = PyObject_VectorcallMethod(str_look_for_cycle, args, 3, NULL);
                failed = looked == NULL;
                Py_XDECREF(looked);
            }
            failed = failed || block(kernel, task, Py_None) < 0;
            failed = stop_waiting(waiters, task, failed) < 0;
        }
    }
    else if (has_choice(kernel)) {
        PyObject *chosen = decide(kernel, task, task);
        failed = chosen == NULL;
        if (!failed && chosen != task) {
            put(task, T.deadline, Py_None);
            failed = PyList_Append(waiters, task) < 0;
            if (!failed) {
                failed = transfer(kernel, task, chosen) < 0;
                failed = stop_waiting(waiters, task, failed) < 0;
            }
        }
        Py_XDECREF(chosen);
    }
    Py_DECREF(waiters);
    if (failed)
        goto done;
    put(task, T.deadline, Py_None);
    int in_time = !is_true(task, T.timed_out);
    if (!in_time) {
        put(task, T.timed_out, Py_False);
        kind = str_time_out;
    }
    failed = record(kernel, task, kind, resource, site) < 0;
    Py_DECREF(task);
    return failed ? -1 : in_time;
done:
    Py_DECREF(task);
    return -1;
}

static int
shut(PyObject *kernel, PyObject *resource)
{
    put(resource, R.is_closed, Py_True);
    PyObject *waiters = SLOT(resource, R.waiters);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(waiters); i++) {
        PyObject *waiter = PyList_GET_ITEM(waiters, i);
        if (is_true(waiter, T.timed_out))
            continue;
        if (disable(kernel, waiter) < 0)
            return -1;
        if (SLOT(waiter, T.deadline) != Py_None && is_zero(waiter, T.timer)) {
            PyObject *args[] = {kernel, waiter, SLOT(waiter, T.deadline)};
            PyObject *result = PyObject_VectorcallMethod(str_set_timer, args, 3, NULL);
            if (result == NULL)
                return -1;
            Py_DECREF(result);
        }
    }
    return 0;
}

static int
unlock(PyObject *kernel, PyObject *resource)
{
    put(resource, R.is_closed, Py_False);
    PyObject *waiters = SLOT(resource, R.waiters);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(waiters); i++)
        if (enable(kernel, PyList_GET_ITEM(waiters, i)) < 0)
            return -1;
    return 0;
}

static int
offer(PyObject *kernel, PyObject *task, PyObject *by_default)
{
    if (PyList_GET_SIZE(SLOT(kernel, K.enabled)) > 1)
        return decide_and_transfer(kernel, task, by_default);
    return 0;
}

/* A chance to switch before the current task goes on after what it did at `site`. */
static int
offer_going_on(PyObject *kernel, PyObject *site)
{
    PyObject *task = SLOT(kernel, K.current);
    Py_INCREF(task);
    int failed = bump(task, T.ops) < 0;
    if (!failed) {
        announce(task, str_continue, Py_None, site);
        failed = offer(kernel, task, task) < 0;
    }
    Py_DECREF(task);
    return failed ? -1 : 0;
}

static int
hand_over(PyObject *kernel, PyObject *resource, PyObject *site)
{
    if (PyList_GET_SIZE(SLOT(resource, R.waiters)) > 0 &&
        PyList_GET_SIZE(SLOT(kernel, K.enabled)) > 1)
        return offer_going_on(kernel, site);
    return 0;
}

static int
take(PyObject *kernel, PyObject *mutex, PyObject *real, PyObject *site)
{
    if (!is_true(mutex, R.is_closed)) {
        int locked = ask(real, str_locked, NULL);
        if (locked)
            return locked < 0 ? -1 : 0;
    }
    if (enter(kernel, str_acquire, mutex, site) < 0)
        return -1;
    int taken = ask(real, str_acquire, Py_False);
    if (taken <= 0)
        return taken;
    put(mutex, M.owner, SLOT(kernel, K.current));
    put(mutex, M.taken_at, site);
    return shut(kernel, mutex) < 0 ? -1 : 1;
}

static int
give_back(PyObject *kernel, PyObject *mutex, PyObject *real, PyObject *site)
{
    if (point(kernel, str_release, mutex, site) < 0 || call_method(real, str_release, NULL) < 0)
        return -1;
    put(mutex, M.owner, Py_None);
    if (unlock(kernel, mutex) < 0)
        return -1;
    return hand_over(kernel, mutex, site);
}

/* ---------------------------------------------------------------- the kernel's methods */

static int
count_is(Py_ssize_t given, Py_ssize_t wanted, const char *name)
{
    if (given == wanted)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s() takes %zd arguments (%zd given)", name, wanted, given);
    return -1;
}

static PyObject *
none_unless(int failed)
{
    if (failed < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
truth_unless(int result)
{
    return result < 0 ? NULL : PyBool_FromLong(result);
}

static PyObject *
kernel_point(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 3, "point") < 0)
        return NULL;
    return none_unless(point(self, args[0], args[1], args[2]));
}

static PyObject *
kernel_enter(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count == 3 ? 4 : count, 4, "enter") < 0 ||
        expect(args[1], ResourceType, "a Resource") < 0)
        return NULL;
    if (count == 4 && args[3] != Py_None) {
        PyObject *all[] = {self, args[0], args[1], args[2], args[3]};
        return PyObject_Vectorcall(slow_enter, all, 5, NULL);
    }
    return truth_unless(enter(self, args[0], args[1], args[2]));
}

static PyObject *
kernel_take(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 3, "take") < 0 || expect(args[0], MutexType, "a Mutex") < 0)
        return NULL;
    return truth_unless(take(self, args[0], args[1], args[2]));
}

static PyObject *
kernel_give_back(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 3, "give_back") < 0 || expect(args[0], MutexType, "a Mutex") < 0)
        return NULL;
    return none_unless(give_back(self, args[0], args[1], args[2]));
}

static PyObject *
kernel_shut(PyObject *self, PyObject *resource)
{
    if (expect(resource, ResourceType, "a Resource") < 0)
        return NULL;
    return none_unless(shut(self, resource));
}

static PyObject *
kernel_unlock(PyObject *self, PyObject *resource)
{
    if (expect(resource, ResourceType, "a Resource") < 0)
        return NULL;
    return none_unless(unlock(self, resource));
}

static PyObject *
kernel_hand_over(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "hand_over") < 0 || expect(args[0], ResourceType, "a Resource") < 0)
        return NULL;
    return none_unless(hand_over(self, args[0], args[1]));
}

static PyObject *
kernel_after_spawn(PyObject *self, PyObject *site)
{
    return none_unless(offer_going_on(self, site));
}

static PyObject *
kernel_offer(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "offer") < 0 || expect(args[0], TaskType, "a Task") < 0)
        return NULL;
    return none_unless(offer(self, args[0], args[1]));
}

static PyObject *
kernel_decide(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "decide") < 0 || expect(args[0], TaskType, "a Task") < 0)
        return NULL;
    return decide(self, args[0], args[1]);
}

static PyObject *
kernel_after(PyObject *self, PyObject *task)
{
    if (expect(task, TaskType, "a Task") < 0)
        return NULL;
    return task_after(self, task);
}

static PyObject *
kernel_pass_on(PyObject *self, PyObject *task)
{
    if (expect(task, TaskType, "a Task") < 0)
        return NULL;
    return pass_on(self, task);
}

static PyObject *
kernel_block(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "block") < 0 || expect(args[0], TaskType, "a Task") < 0)
        return NULL;
    return none_unless(block(self, args[0], args[1]));
}

static PyObject *
kernel_transfer(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "transfer") < 0 || expect(args[0], TaskType, "a Task") < 0 ||
        expect(args[1], TaskType, "a Task") < 0)
        return NULL;
    return none_unless(transfer(self, args[0], args[1]));
}

static PyObject *
kernel_enable(PyObject *self, PyObject *task)
{
    if (expect(task, TaskType, "a Task") < 0)
        return NULL;
    return none_unless(enable(self, task));
}

static PyObject *
kernel_disable(PyObject *self, PyObject *task)
{
    if (expect(task, TaskType, "a Task") < 0)
        return NULL;
    return none_unless(disable(self, task));
}

#define FAST(name, function) {name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL, NULL}

static PyMethodDef kernel_methods[] = {
    FAST("point", kernel_point),
    FAST("enter", kernel_enter),
    FAST("take", kernel_take),
    FAST("give_back", kernel_give_back),
    {"shut", kernel_shut, METH_O, NULL},
    {"unlock", kernel_unlock, METH_O, NULL},
    FAST("hand_over", kernel_hand_over),
    {"after_spawn", kernel_after_spawn, METH_O, NULL},
    FAST("offer", kernel_offer),
    FAST("decide", kernel_decide),
    {"after", kernel_after, METH_O, NULL},
    {"pass_on", kernel_pass_on, METH_O, NULL},
    FAST("block", kernel_block),
    FAST("transfer", kernel_transfer),
    {"enable", kernel_enable, METH_O, NULL},
    {"disable", kernel_disable, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---------------------------------------------------------------- the lives of tasks */

/* Carrier.mount(): the greenlets' own where one is idle. */
static int
mount(PyObject *carrier, PyObject *task)
{
    if (Py_TYPE(carrier) == GreenletCarrierType) {
        PyObject *idle = PyObject_GetAttr(carrier, str_idle);
        if (idle == NULL)
            return -1;
        Py_ssize_t size = PyList_CheckExact(idle) ? PyList_GET_SIZE(idle) : 0;
        PyObject *ride = size > 0 ? PyList_GET_ITEM(idle, size - 1) : NULL;
        if (ride != NULL && Py_TYPE(ride) == RideType) {
            Py_INCREF(ride);
            int failed = PyList_SetSlice(idle, size - 1, size, NULL) < 0 ||
                         PyObject_SetAttr(ride, str_gr_context, Py_None) < 0;
            Py_DECREF(idle);
            if (!failed) {
                put(ride, RIDE.body, SLOT(task, T.body));
                put(task, T.ride, ride);
            }
            Py_DECREF(ride);
            return failed ? -1 : 0;
        }
        Py_DECREF(idle);
    }
    return call_method(carrier, str_mount, task);
}

/* Kernel.spawn(body, name, site, *, daemon=False) */
static PyObject *
kernel_spawn(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *daemon = Py_False;
    Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    if (count != 3 || named > 1) {
        PyErr_SetString(PyExc_TypeError, "spawn(body, name, site, *, daemon=False)");
        return NULL;
    }
    if (named == 1)
        daemon = args[3];
    if (is_true(self, K.is_over)) {
        abandoned();
        return NULL;
    }
    PyObject *parent = SLOT(self, K.current), *tasks = SLOT(self, K.tasks), *site = args[2];
    if (bump(parent, T.ops) < 0)
        return NULL;
    long number = (long)PyList_GET_SIZE(tasks);
    PyObject *index = PyLong_FromLong(number);
    if (index == NULL)
        return NULL;
    PyObject *given[] = {index, args[1], daemon};
    PyObject *task = PyObject_Vectorcall((PyObject *)TaskType, given, 2, daemon_name);
    Py_DECREF(index);
    if (task == NULL)
        return NULL;
    PyObject *handle = SLOT(task, T.handle);
    put(task, T.os_ident, SLOT(parent, T.os_ident));
    put(task, T.resource, handle);
    put(task, T.site, site);
    put(handle, R.made_at, site);
    PyObject *main = PyList_GET_ITEM(tasks, 0);
    PyObject *ident = PyLong_FromUnsignedLong(
        PyLong_AsUnsignedLong(SLOT(main, T.ident)) + 4096 * (unsigned long)number);
    PyObject *live = PyObject_GetAttr(self, str_live), *body = NULL;
    if (ident != NULL && live != NULL) {
        PyObject *parts[] = {live, task, args[0]};
        body = PyObject_Vectorcall(partial, parts, 3, NULL);
    }
    Py_XDECREF(live);
    int failed = body == NULL;
    if (!failed) {
        put(task, T.ident, ident);
        put(task, T.body, body);
        failed = mount(SLOT(self, K.carrier), task) < 0 || PyList_Append(tasks, task) < 0 ||
                 bump(self, K.alive) < 0 || enable(self, task) < 0 ||
                 record(self, parent, str_spawn, handle, site) < 0;
    }
    Py_XDECREF(ident);
    Py_XDECREF(body);
    if (failed) {
        Py_DECREF(task);
        return NULL;
    }
    return task;
}

/* What was raised becomes a failure of the task, as `except BaseException as error` has it. */
static int
keep_failure(PyObject *kernel, PyObject *task)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback != NULL)
        PyException_SetTraceback(value, traceback);
    PyObject *entry = PyTuple_Pack(2, task, value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    if (entry == NULL)
        return -1;
    int failed = append(SLOT(kernel, K.failures), entry);
    Py_DECREF(entry);
    return failed;
}

/* Whom pass_on() names; where the run was stopped, main, which says so. */
static PyObject *
successor(PyObject *kernel, PyObject *task)
{
    if (is_true(kernel, K.is_draining))
        return PyObject_CallMethodOneArg(kernel, str_successor, task);
    PyObject *chosen = pass_on(kernel, task);
    if (chosen == NULL && PyErr_ExceptionMatches(TaskAbandoned)) {
        PyErr_Clear();
        chosen = PyList_GetItem(SLOT(kernel, K.tasks), 0);
        Py_XINCREF(chosen);
    }
    return chosen;
}

static int
leave(PyObject *kernel, PyObject *task, PyObject *to)
{
    PyObject *carrier = SLOT(kernel, K.carrier), *ride = SLOT(task, T.ride);
    if (Py_TYPE(carrier) == GreenletCarrierType && Py_TYPE(ride) == RideType) {
        put(ride, RIDE.to, SLOT(to, T.ride));
        put(task, T.ride, Py_None);
        return 0;
    }
    PyObject *args[] = {carrier, task, to};
    PyObject *result = PyObject_VectorcallMethod(str_leave, args, 3, NULL);
    Py_XDECREF(result);
    return result == NULL ? -1 : 0;
}

static int
end_task(PyObject *kernel, PyObject *task)
{
    PyObject *locals = SLOT(task, T.locals);
    if (!PyDict_CheckExact(locals) || PyDict_GET_SIZE(locals) > 0)
        if (call_method(kernel, str_drop_locals, task) < 0)
            return -1;
    put(task, T.is_done, Py_True);
    put(task, T.body, Py_None);
    if (put_long(kernel, K.alive, as_long(kernel, K.alive) - 1) < 0)
        return -1;
    if (is_true(kernel, K.is_over)) {
        PyObject *main = PyList_GetItem(SLOT(kernel, K.tasks), 0);
        if (main == NULL)
            return -1;
        put(kernel, K.current, main);
        return leave(kernel, task, main);
    }
    PyObject *handle = SLOT(task, T.handle);
    if (bump(task, T.ops) < 0)
        return -1;
    announce(task, str_end, handle, Py_None);
    if (record(kernel, task, str_end, handle, Py_None) < 0 || disable(kernel, task) < 0 ||
        unlock(kernel, handle) < 0)
        return -1;
    PyObject *chosen = successor(kernel, task);
    if (chosen == NULL)
        return -1;
    int failed = note_turn(kernel, chosen) < 0 || leave(kernel, task, chosen) < 0;
    Py_DECREF(chosen);
    return failed ? -1 : 0;
}

/* Kernel.live(task, body) */
static PyObject *
kernel_live(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "live") < 0 || expect(args[0], TaskType, "a Task") < 0)
        return NULL;
    PyObject *task = args[0], *body = args[1];
    PyObject *ident = PyLong_FromUnsignedLong(PyThread_get_thread_ident());
    if (ident == NULL)
        return NULL;
    put(task, T.os_ident, ident);
    Py_DECREF(ident);
    PyThreadState *thread = PyThreadState_Get();
    if ((thread->c_traceobj != NULL && give_hook_back(settrace, NULL) < 0) ||
        (thread->c_profileobj != NULL && give_hook_back(setprofile, NULL) < 0))
        return NULL;
    put(task, T.is_started, Py_True);
    if (!is_true(self, K.is_over)) {
        PyObject *result = NULL;
        if (record(self, task, str_begin, SLOT(task, T.handle), SLOT(task, T.site)) == 0)
            result = PyObject_CallNoArgs(body);
        Py_XDECREF(result);
        if (result == NULL) {
            if (PyErr_ExceptionMatches(TaskAbandoned))
                PyErr_Clear();
            else if (keep_failure(self, task) < 0)
                return NULL;
        }
    }
    if (SLOT(state, ST.kernel) != self) {
        PyObject *ended = PyObject_CallOneArg(end_process, Py_None);
        if (ended == NULL)
            return NULL;
        Py_DECREF(ended);
    }
    return none_unless(end_task(self, task));
}

static PyObject *
kernel_end(PyObject *self, PyObject *task)
{
    if (expect(task, TaskType, "a Task") < 0)
        return NULL;
    return none_unless(end_task(self, task));
}

static PyMethodDef life_methods[] = {
    {"spawn", (PyCFunction)(void (*)(void))kernel_spawn, METH_FASTCALL | METH_KEYWORDS, NULL},
    FAST("live", kernel_live),
    {"end", kernel_end, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---------------------------------------------------------------- accesses to memory */

/* What Kernel.learn() does, but for the moment at which sites turn out to be shared. */
static int
learn(PyObject *kernel, PyObject *task, PyObject *site, PyObject *location)
{
    PyObject *touched = SLOT(kernel, K.touched);
    PyObject *entry = PyDict_GetItemWithError(touched, location);
    PyObject *kind = SLOT(site, S.kind), *index = SLOT(task, T.index);
    int is_write = kind != str_read && PyUnicode_Compare(kind, str_read) != 0;
    if (entry == NULL) {
        if (PyErr_Occurred())
            return -1;
        PyObject *sites = PySet_New(NULL);
        if (sites == NULL)
            return -1;
        entry = PySet_Add(sites, site) < 0 ? NULL : PyList_New(3);
        if (entry == NULL) {
            Py_DECREF(sites);
            return -1;
        }
        PyObject *wrote = is_write ? Py_True : Py_False;
        Py_INCREF(index);
        Py_INCREF(wrote);
        PyList_SET_ITEM(entry, 0, index);
        PyList_SET_ITEM(entry, 1, wrote);
        PyList_SET_ITEM(entry, 2, sites);
        int failed = PyDict_SetItem(touched, location, entry);
        Py_DECREF(entry);
        return failed;
    }
    long first = PyLong_AsLong(PyList_GET_ITEM(entry, 0));
    int by_several = first != PyLong_AsLong(index); /* -1: there were several already */
    if (!by_several || !(is_write || PyList_GET_ITEM(entry, 1) == Py_True)) {
        if (by_several && first != -1) {
            PyObject *several = PyLong_FromLong(-1);
            if (several == NULL || PyList_SetItem(entry, 0, several) < 0)
                return -1;
        }
        if (is_write) {
            Py_INCREF(Py_True);
            if (PyList_SetItem(entry, 1, Py_True) < 0)
                return -1;
        }
        return PySet_Add(PyList_GET_ITEM(entry, 2), site);
    }
    PyObject *args[] = {kernel, task, site, location};
    PyObject *learnt = PyObject_VectorcallMethod(str_learn, args, 4, NULL);
    if (learnt == NULL)
        return -1;
    Py_DECREF(learnt);
    return 0;
}

static int
access_memory(PyObject *kernel, PyObject *site, PyObject *location)
{
    PyObject *task = SLOT(kernel, K.current), *kind = SLOT(site, S.kind);
    Py_INCREF(task);
    int failed = bump(task, T.ops) < 0 || tick(kernel, task) < 0;
    if (!failed && is_true(kernel, K.sees_accesses) &&
        (is_true(site, S.is_shared) || !is_true(kernel, K.is_focused))) {
        announce(task, kind, location, site);
        if (has_choice(kernel))
            failed = decide_and_transfer(kernel, task, task) < 0;
    }
    if (!failed && !is_true(site, S.is_shared))
        failed = learn(kernel, task, site, location) < 0;
    failed = failed || record(kernel, task, kind, location, site) < 0;
    Py_DECREF(task);
    return failed ? -1 : 0;
}

static PyObject *
touch(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "touch") < 0)
        return NULL;
    PyObject *kernel = SLOT(state, ST.kernel), *site = args[0];
    if (kernel == Py_None || SLOT(kernel, K.alive) == one || is_true(kernel, K.is_over) ||
        kernel_here() == NULL)
        Py_RETURN_NONE;
    if (Py_TYPE(site) != SiteType && expect(site, SiteType, "a Site") < 0)
        return NULL;
    PyObject *address = PyLong_FromVoidPtr(args[1]);
    if (address == NULL)
        return NULL;
    PyObject *location = PyTuple_Pack(2, address, SLOT(site, S.member));
    Py_DECREF(address);
    if (location == NULL)
        return NULL;
    Py_INCREF(kernel);
    int failed = access_memory(kernel, site, location);
    Py_DECREF(location);
    if (!failed && is_true(kernel, K.records)) {
        PyObject *noting[] = {SLOT(kernel, K.trace), site, args[1]};
        PyObject *noted = PyObject_VectorcallMethod(str_note, noting, 3, NULL);
        failed = noted == NULL ? -1 : 0;
        Py_XDECREF(noted);
    }
    Py_DECREF(kernel);
    return none_unless(failed);
}

/* ---------------------------------------------------------------- sites */

/* What is known of an instruction: its site, or that its code is plumbing. The code objects and
   the sites are kept for ever by `kernel.sites`, so their addresses stay theirs. */
typedef struct {
    PyCodeObject *code;
    int instruction;
    PyObject *site; /* None: plumbing */
} Known;

#define KNOWN_BITS 12
static Known known[1 << KNOWN_BITS];

static int
instruction_of(PyFrameObject *frame)
{
#if PY_VERSION_HEX >= 0x030B0000
    return PyFrame_GetLasti(frame);
#else
    return frame->f_lasti < 0 ? frame->f_lasti : frame->f_lasti * 2;
#endif
}

/* Borrowed: the site, None for plumbing, or NULL where something was raised. */
static PyObject *
site_in(PyFrameObject *frame)
{
    PyCodeObject *code = PyFrame_GetCode(frame);
    Py_DECREF(code); /* the frame keeps it */
    int instruction = instruction_of(frame);
    size_t hash = ((size_t)code >> 4) * 31 + (size_t)instruction;
    hash ^= hash >> KNOWN_BITS;
    Known *entry = &known[hash & ((1 << KNOWN_BITS) - 1)];
    if (entry->code == code && entry->instruction == instruction)
        return entry->site;
    PyObject *site = PyObject_CallFunction(classify, "Oi", code, instruction);
    if (site == NULL)
        return NULL;
    Py_DECREF(site); /* `classify` keeps it */
    entry->code = code;
    entry->instruction = instruction;
    entry->site = site;
    return site;
}

/* A new reference: the innermost place outside ours and the plumbing. */
static PyObject *
caller_site(void)
{
    PyFrameObject *frame = PyEval_GetFrame();
    Py_XINCREF(frame);
    while (frame != NULL) {
        PyObject *site = site_in(frame);
        if (site == NULL || site != Py_None) {
            Py_DECREF(frame);
            Py_XINCREF(site);
            return site;
        }
        PyFrameObject *back = PyFrame_GetBack(frame);
        Py_DECREF(frame);
        frame = back;
    }
    return PyObject_CallNoArgs(slow_caller_site);
}

static PyObject *
module_caller_site(PyObject *module, PyObject *ignored)
{
    return caller_site();
}

static PyObject *
module_here(PyObject *module, PyObject *ignored)
{
    PyObject *kernel = kernel_here();
    if (kernel == NULL)
        Py_RETURN_NONE;
    Py_INCREF(kernel);
    return kernel;
}

/* ---------------------------------------------------------------- locks */

static PyObject *
call_slow(PyObject *function, PyObject *self, PyObject *const *args, Py_ssize_t count,
          PyObject *names)
{
    PyObject *all[8] = {NULL, self};
    Py_ssize_t total = count + (names == NULL ? 0 : PyTuple_GET_SIZE(names));
    if (total > 6) {
        PyErr_SetString(PyExc_TypeError, "too many arguments");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < total; i++)
        all[i + 2] = args[i];
    return PyObject_Vectorcall(function, all + 1, (size_t)count + 1, names);
}

static PyObject *
lock_acquire(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    if (count == 0 && names == NULL) {
        PyObject *kernel = kernel_here();
        if (kernel == NULL)
            return PyObject_CallMethodNoArgs(SLOT(self, L.real), str_acquire);
        if (SLOT(self, L.is_quiet) == Py_False) {
            PyObject *site = caller_site();
            if (site == NULL)
                return NULL;
            PyObject *mutex = SLOT(self, L.mutex);
            Py_INCREF(kernel);
            Py_INCREF(mutex);
            int taken = take(kernel, mutex, SLOT(self, L.real), site);
            Py_DECREF(mutex);
            Py_DECREF(kernel);
            Py_DECREF(site);
            if (taken < 0)
                return NULL;
            if (taken)
                Py_RETURN_TRUE;
        }
    }
    return call_slow(slow_lock_acquire, self, args, count, names);
}

static PyObject *
release_lock(PyObject *self)
{
    PyObject *kernel = kernel_here();
    if (kernel == NULL || SLOT(self, L.is_quiet) != Py_False || is_true(kernel, K.is_over))
        return PyObject_CallOneArg(slow_lock_release, self);
    PyObject *site = caller_site();
    if (site == NULL)
        return NULL;
    PyObject *mutex = SLOT(self, L.mutex);
    Py_INCREF(kernel);
    Py_INCREF(mutex);
    int failed = give_back(kernel, mutex, SLOT(self, L.real), site);
    Py_DECREF(mutex);
    Py_DECREF(kernel);
    Py_DECREF(site);
    return none_unless(failed);
}

static PyObject *
lock_release(PyObject *self, PyObject *ignored)
{
    return release_lock(self);
}

static PyObject *
lock_exit(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 3, "__exit__") < 0)
        return NULL;
    return release_lock(self);
}

static PyTypeObject *LockType;
static PyObject *allocate, *lock_word;

static inline void
fill(PyObject *object, Py_ssize_t offset, PyObject *value)
{ /* a slot of a new object */
    Py_INCREF(value);
    SLOT(object, offset) = value;
}

/* quiet_lock(): Lock(is_quiet=True), of which every Thread makes one. */
static PyObject *
quiet_lock(PyObject *module, PyObject *ignored)
{
    PyObject *lock = LockType->tp_alloc(LockType, 0);
    PyObject *mutex = MutexType->tp_alloc(MutexType, 0);
    PyObject *real = PyObject_CallNoArgs(allocate), *waiters = PyList_New(0);
    PyObject *depth = PyLong_FromLong(0);
    if (lock == NULL || mutex == NULL || real == NULL || waiters == NULL || depth == NULL) {
        Py_XDECREF(lock);
        Py_XDECREF(mutex);
        Py_XDECREF(real);
        Py_XDECREF(waiters);
        Py_XDECREF(depth);
        return NULL;
    }
    fill(mutex, M.kind, lock_word);
    fill(mutex, M.made_at, Py_None);
    fill(mutex, R.is_closed, Py_False);
    SLOT(mutex, R.waiters) = waiters;
    fill(mutex, M.owner, Py_None);
    SLOT(mutex, M.depth) = depth;
    fill(mutex, M.taken_at, Py_None);
    SLOT(lock, L.real) = real;
    SLOT(lock, L.mutex) = mutex;
    fill(lock, L.is_quiet, Py_True);
    return lock;
}

#define FAST_KEYWORDS(name, function)                                                              \
    {name, (PyCFunction)(void (*)(void))(function), METH_FASTCALL | METH_KEYWORDS, NULL}

static PyMethodDef lock_methods[] = {
    FAST_KEYWORDS("acquire", lock_acquire),
    FAST_KEYWORDS("__enter__", lock_acquire),
    FAST_KEYWORDS("acquire_lock", lock_acquire),
    {"release", lock_release, METH_NOARGS, NULL},
    {"release_lock", lock_release, METH_NOARGS, NULL},
    FAST("__exit__", lock_exit),
    {NULL, NULL, 0, NULL},
};

static int
is_mine(PyObject *self, PyObject *task)
{
    PyObject *owner = SLOT(self, RL.owner);
    if (owner == Py_None || owner == NULL) /* NULL: made without __init__ */
        return 0;
    return owner == SLOT(task, T.ident) ||
           PyObject_RichCompareBool(owner, SLOT(task, T.ident), Py_EQ);
}

static PyObject *
rlock_acquire(PyObject *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *kernel = count == 0 && names == NULL ? kernel_here() : NULL;
    if (kernel != NULL) {
        PyObject *task = SLOT(kernel, K.current);
        int mine = is_mine(self, task);
        if (mine < 0)
            return NULL;
        if (mine) {
            if (bump(self, RL.count) < 0)
                return NULL;
            Py_RETURN_TRUE;
        }
        if (SLOT(self, RL.is_quiet) == Py_False) {
            PyObject *site = caller_site();
            if (site == NULL)
                return NULL;
            PyObject *mutex = SLOT(self, RL.mutex);
            Py_INCREF(kernel);
            Py_INCREF(mutex);
            Py_INCREF(task);
            int taken = take(kernel, mutex, SLOT(self, RL.real), site);
            if (taken > 0) {
                put(self, RL.owner, SLOT(task, T.ident));
                if (put_long(self, RL.count, 1) < 0)
                    taken = -1;
            }
            Py_DECREF(task);
            Py_DECREF(mutex);
            Py_DECREF(kernel);
            Py_DECREF(site);
            if (taken < 0)
                return NULL;
            if (taken)
                Py_RETURN_TRUE;
        }
    }
    return call_slow(slow_rlock_acquire, self, args, count, names);
}

static PyObject *
release_rlock(PyObject *self)
{
    PyObject *kernel = kernel_here();
    if (kernel == NULL || SLOT(self, RL.is_quiet) != Py_False || is_true(kernel, K.is_over) ||
        !is_mine(self, SLOT(kernel, K.current)))
        return PyObject_CallOneArg(slow_rlock_release, self);
    long depth = as_long(self, RL.count);
    if (depth > 1)
        return none_unless(put_long(self, RL.count, depth - 1));
    PyObject *site = caller_site();
    if (site == NULL)
        return NULL;
    PyObject *mutex = SLOT(self, RL.mutex);
    Py_INCREF(kernel);
    Py_INCREF(mutex);
    int failed = point(kernel, str_release, mutex, site) < 0 || put_long(self, RL.count, 0) < 0;
    if (!failed) {
        put(self, RL.owner, Py_None);
        put(mutex, M.owner, Py_None);
        failed = call_method(SLOT(self, RL.real), str_release, NULL) < 0 ||
                 unlock(kernel, mutex) < 0 || hand_over(kernel, mutex, site) < 0;
    }
    Py_DECREF(mutex);
    Py_DECREF(kernel);
    Py_DECREF(site);
    return none_unless(failed ? -1 : 0);
}

static PyObject *
rlock_release(PyObject *self, PyObject *ignored)
{
    return release_rlock(self);
}

static PyObject *
rlock_exit(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 3, "__exit__") < 0)
        return NULL;
    return release_rlock(self);
}

static PyMethodDef rlock_methods[] = {
    FAST_KEYWORDS("acquire", rlock_acquire),
    FAST_KEYWORDS("__enter__", rlock_acquire),
    {"release", rlock_release, METH_NOARGS, NULL},
    FAST("__exit__", rlock_exit),
    {NULL, NULL, 0, NULL},
};

/* ---------------------------------------------------------------- the class of a trace */

/* One resource's order: a hash of its events up to the last write, and the reads since, which are
   a set, and so added up. */
typedef struct {
    uint64_t before, reads;
} Order;

static inline uint64_t
chain(uint64_t before, uint64_t value)
{
    return mix(before ^ mix(value)) + before;
}

static PyObject *
class_of(PyObject *module, PyObject *trace)
{
    if (!PyList_Check(trace)) {
        PyErr_SetString(PyExc_TypeError, "a list expected");
        return NULL;
    }
    Py_ssize_t events = PyList_GET_SIZE(trace), count = 0, tasks = 0;
    PyObject *places = PyDict_New();
    Order *orders = PyMem_Calloc((size_t)events + 1, sizeof(Order));
    uint64_t *done = NULL; /* by task: how many events it has had */
    uint64_t result = 0;
    if (places == NULL || orders == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_ssize_t i = 0; i < events; i++) {
        PyObject *item = PyList_GET_ITEM(trace, i);
        if (!PyTuple_Check(item) || PyTuple_GET_SIZE(item) != 4) {
            PyErr_SetString(PyExc_TypeError, "an event is a tuple of four");
            goto failed;
        }
        Py_ssize_t task = PyLong_AsSsize_t(PyTuple_GET_ITEM(item, 0));
        if (task < 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "the index of a task is negative");
            goto failed;
        }
        if (task >= tasks) {
            Py_ssize_t more = task * 2 + 8;
            uint64_t *grown = PyMem_Realloc(done, (size_t)more * sizeof(uint64_t));
            if (grown == NULL) {
                PyErr_NoMemory();
                goto failed;
            }
            memset(grown + tasks, 0, (size_t)(more - tasks) * sizeof(uint64_t));
            done = grown;
            tasks = more;
        }
        uint64_t event = ((uint64_t)task << 40) + ++done[task];
        PyObject *kind = PyTuple_GET_ITEM(item, 1), *resource = PyTuple_GET_ITEM(item, 2);
        PyObject *place = PyDict_GetItemWithError(places, resource);
        if (place == NULL) {
            if (PyErr_Occurred() || (place = PyLong_FromSsize_t(count)) == NULL)
                goto failed;
            int kept = PyDict_SetItem(places, resource, place);
            Py_DECREF(place); /* the dict keeps it */
            if (kept < 0)
                goto failed;
            count++;
        }
        Order *order = &orders[PyLong_AsSsize_t(place)];
        int is_read = PySet_Contains(reads, kind);
        if (is_read < 0)
            goto failed;
        if (is_read) {
            order->reads += mix(event);
            continue;
        }
        Py_hash_t word = PyObject_Hash(kind);
        if (word == -1)
            goto failed;
        order->before = chain(chain(order->before, order->reads), event ^ ((uint64_t)word << 1));
        order->reads = 0;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        result += mix(chain(orders[i].before, orders[i].reads));
    PyMem_Free(done);
    PyMem_Free(orders);
    Py_DECREF(places);
    return PyLong_FromLongLong((long long)result);
failed:
    PyMem_Free(done);
    PyMem_Free(orders);
    Py_XDECREF(places);
    return NULL;
}

/* ---------------------------------------------------------------- the Mersenne Twister */

/* What CPython's _randommodule.c calls RandomObject, the same from 3.10 to 3.14. Where the size of
   the type says that it is another, its state is not copied here. */
typedef struct {
    PyObject_HEAD
    int index;
    uint32_t state[624];
} Twister;

static PyTypeObject *TwisterType;

/* copy_state(source, target): like target.setstate(source.getstate()), of C's half. */
static PyObject *
copy_state(PyObject *module, PyObject *const *args, Py_ssize_t count)
{
    if (count_is(count, 2, "copy_state") < 0 || expect(args[0], TwisterType, "a Random") < 0 ||
        expect(args[1], TwisterType, "a Random") < 0)
        return NULL;
    Twister *source = (Twister *)args[0], *target = (Twister *)args[1];
    target->index = source->index;
    memcpy(target->state, source->state, sizeof(source->state));
    Py_RETURN_NONE;
}

static PyMethodDef copying = FAST("copy_state", copy_state);

/* Offer `copy_state` where the layout is the one that we know. */
static int
add_copying(PyObject *module)
{
    PyObject *random = PyImport_ImportModule("_random");
    if (random == NULL)
        return -1;
    TwisterType = (PyTypeObject *)PyObject_GetAttrString(random, "Random");
    Py_DECREF(random);
    if (TwisterType == NULL)
        return -1;
    if (TwisterType->tp_basicsize != (Py_ssize_t)sizeof(Twister))
        return 0;
    PyObject *function = PyCFunction_NewEx(&copying, module, NULL);
    if (function == NULL)
        return -1;
    return PyModule_AddObject(module, "copy_state", function);
}

/* ---------------------------------------------------------------- binding */

static int
find_fields(PyTypeObject *type, Field *fields)
{
    for (; fields->name != NULL; fields++) {
        PyObject *descriptor = PyObject_GetAttrString((PyObject *)type, fields->name);
        if (descriptor == NULL)
            return -1;
        if (Py_TYPE(descriptor) != &PyMemberDescr_Type) {
            PyErr_Format(PyExc_TypeError, "%s.%s is not a slot", type->tp_name, fields->name);
            Py_DECREF(descriptor);
            return -1;
        }
        *fields->offset = ((PyMemberDescrObject *)descriptor)->d_member->offset;
        Py_DECREF(descriptor);
    }
    return 0;
}

static int
put_methods(PyTypeObject *type, PyMethodDef *methods)
{
    for (; methods->ml_name != NULL; methods++) {
        PyObject *descriptor = PyDescr_NewMethod(type, methods);
        if (descriptor == NULL)
            return -1;
        int failed = PyObject_SetAttrString((PyObject *)type, methods->ml_name, descriptor);
        Py_DECREF(descriptor);
        if (failed)
            return -1;
    }
    return 0;
}

static PyObject *
method_of(PyTypeObject *type, const char *name)
{
    return PyObject_GetAttrString((PyObject *)type, name);
}

static PyObject *
bind_kernel(PyObject *module, PyObject *args)
{
    PyTypeObject *state_type;
    if (!PyArg_ParseTuple(args, "O!O!O!O!O!OO:bind_kernel", &PyType_Type, &KernelType, &PyType_Type,
                          &TaskType, &PyType_Type, &ResourceType, &PyType_Type, &MutexType,
                          &PyType_Type, &SiteType, &state, &TaskAbandoned))
        return NULL;
    state_type = Py_TYPE(state);
    if (find_fields(KernelType, kernel_fields) < 0 || find_fields(TaskType, task_fields) < 0 ||
        find_fields(ResourceType, resource_fields) < 0 ||
        find_fields(MutexType, mutex_fields) < 0 || find_fields(SiteType, site_fields) < 0 ||
        find_fields(state_type, state_fields) < 0)
        return NULL;
    if ((slow_enter = method_of(KernelType, "enter")) == NULL ||
        (slow_decide = method_of(KernelType, "decide")) == NULL ||
        (slow_pass_alone = method_of(KernelType, "pass_alone")) == NULL)
        return NULL;
    PyObject *sys = PyImport_ImportModule("sys");
    if (sys == NULL)
        return NULL;
    settrace = PyObject_GetAttrString(sys, "settrace");
    setprofile = PyObject_GetAttrString(sys, "setprofile");
    Py_DECREF(sys);
    if (settrace == NULL || setprofile == NULL)
        return NULL;
    Py_INCREF(KernelType);
    Py_INCREF(TaskType);
    Py_INCREF(ResourceType);
    Py_INCREF(MutexType);
    Py_INCREF(SiteType);
    Py_INCREF(state);
    Py_INCREF(TaskAbandoned);
    return none_unless(put_methods(KernelType, kernel_methods));
}

/* bind_lives(end_process): after bind_kernel. */
static PyObject *
bind_lives(PyObject *module, PyObject *function)
{
    PyObject *functools = PyImport_ImportModule("functools");
    if (functools == NULL)
        return NULL;
    partial = PyObject_GetAttrString(functools, "partial");
    Py_DECREF(functools);
    if (partial == NULL || (daemon_name = PyTuple_Pack(1, str_daemon)) == NULL)
        return NULL;
    Py_INCREF(function);
    end_process = function;
    return none_unless(put_methods(KernelType, life_methods));
}

static PyObject *
bind_locks(PyObject *module, PyObject *args)
{
    PyTypeObject *lock, *rlock;
    if (!PyArg_ParseTuple(args, "O!O!O:bind_locks", &PyType_Type, &lock, &PyType_Type, &rlock,
                          &allocate))
        return NULL;
    if ((lock_word = PyUnicode_InternFromString("Lock")) == NULL)
        return NULL;
    Py_INCREF(lock);
    Py_INCREF(allocate);
    LockType = lock;
    if (find_fields(lock, lock_fields) < 0 || find_fields(rlock, rlock_fields) < 0)
        return NULL;
    if ((slow_lock_acquire = method_of(lock, "acquire")) == NULL ||
        (slow_lock_release = method_of(lock, "release")) == NULL ||
        (slow_rlock_acquire = method_of(rlock, "acquire")) == NULL ||
        (slow_rlock_release = method_of(rlock, "release")) == NULL)
        return NULL;
    return none_unless(put_methods(lock, lock_methods) < 0 ? -1
                                                           : put_methods(rlock, rlock_methods));
}

static PyObject *
bind_sites(PyObject *module, PyObject *args)
{
    if (!PyArg_ParseTuple(args, "OO:bind_sites", &classify, &slow_caller_site))
        return NULL;
    Py_INCREF(classify);
    Py_INCREF(slow_caller_site);
    Py_RETURN_NONE;
}

static PyObject *
bind_reads(PyObject *module, PyObject *set)
{
    Py_INCREF(set);
    reads = set;
    Py_RETURN_NONE;
}

static PyObject *
bind_random_walk(PyObject *module, PyObject *type)
{
    if (expect(type, &PyType_Type, "a class") < 0)
        return NULL;
    Py_INCREF(type);
    RandomWalkType = (PyTypeObject *)type;
    Py_RETURN_NONE;
}

static PyObject *
bind_draws(PyObject *module, PyObject *type)
{
    if (expect(type, &PyType_Type, "a class") < 0 ||
        find_fields((PyTypeObject *)type, draws_fields) < 0)
        return NULL;
    Py_INCREF(type);
    DrawsType = (PyTypeObject *)type;
    return none_unless(put_methods(DrawsType, draws_methods));
}

static PyObject *
bind_greenlets(PyObject *module, PyObject *args)
{
    PyTypeObject *carrier, *ride;
    if (!PyArg_ParseTuple(args, "O!O!:bind_greenlets", &PyType_Type, &carrier, &PyType_Type,
                          &ride) ||
        find_fields(ride, ride_fields) < 0)
        return NULL;
    Py_INCREF(carrier);
    Py_INCREF(ride);
    GreenletCarrierType = carrier;
    RideType = ride;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"bind_kernel", bind_kernel, METH_VARARGS, NULL},
    {"bind_lives", bind_lives, METH_O, NULL},
    {"bind_locks", bind_locks, METH_VARARGS, NULL},
    {"bind_sites", bind_sites, METH_VARARGS, NULL},
    {"bind_reads", bind_reads, METH_O, NULL},
    {"bind_random_walk", bind_random_walk, METH_O, NULL},
    {"bind_draws", bind_draws, METH_O, NULL},
    {"bind_greenlets", bind_greenlets, METH_VARARGS, NULL},
    FAST("touch", touch),
    {"caller_site", module_caller_site, METH_NOARGS, NULL},
    {"here", module_here, METH_NOARGS, NULL},
    {"quiet_lock", quiet_lock, METH_NOARGS, NULL},
    {"class_of", class_of, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "racewright._hot",
    "The hot path in C. What it means is in the Python modules whose functions it replaces.",
    -1,
    functions,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC
PyInit__hot(void)
{
#define INTERN(word)                                                                               \
    if ((str_##word = PyUnicode_InternFromString(#word)) == NULL)                                  \
        return NULL;
    WORDS(INTERN)
    if ((str_time_out = PyUnicode_InternFromString("time-out")) == NULL)
        return NULL;
    if ((one = PyLong_FromLong(1)) == NULL) /* a small integer: there is one of each */
        return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && (add_copying(module) < 0 ||
                           PyModule_AddStringConstant(module, "source", SOURCE_DIGEST) < 0)) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
