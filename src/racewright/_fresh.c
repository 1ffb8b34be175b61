/* What every execution makes anew, in C: the kernel, its tasks, and the values that tell of it.

   A small program under control is over in some fifty microseconds, of which setting a hundred
   fields was once a fifth. As in `_hot.c` the meaning is in Python: each function here replaces an
   method that sets fields, and leaves them as that one does. A test makes both and compares. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

/* Of this file, by setup.py: a build of another version of it is not used (see hot.py). */
#ifndef SOURCE_DIGEST
#define SOURCE_DIGEST ""
#endif

#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

/* How a field begins. */
enum { GIVEN, NONE, FALSE_, TRUE_, ZERO, LIST, DICT, SET };

typedef struct {
    const char *name;
    int start;
    Py_ssize_t offset;
} Field;

static Field kernel_fields[] = {
    {"at_rest", LIST, 0},
    {"cleanups", LIST, 0},
    {"cycles", LIST, 0},
    {"decisions", ZERO, 0},
    {"deviations", LIST, 0},
    {"drain_until", ZERO, 0},
    {"failed_before_end", ZERO, 0},
    {"failures", LIST, 0},
    {"is_draining", FALSE_, 0},
    {"is_over", FALSE_, 0},
    {"is_waiting", FALSE_, 0},
    {"left", LIST, 0},
    {"newly_shared", SET, 0},
    {"notes", LIST, 0},
    {"on_end", NONE, 0},
    {"on_halt", NONE, 0},
    {"passed_alone", ZERO, 0},
    {"path", LIST, 0},
    {"pollers", LIST, 0},
    {"preempted_at", SET, 0},
    {"quanta", ZERO, 0},
    {"records", FALSE_, 0},
    {"slack_used", ZERO, 0},
    {"stop", NONE, 0},
    {"switches", ZERO, 0},
    {"timer_count", ZERO, 0},
    {"timers", LIST, 0},
    {"touched", DICT, 0},
    {"turn_checked", NONE, 0},
    {"uncontrolled", LIST, 0},
    {NULL, 0, 0},
};
static Field task_fields[] = {
    {"index", GIVEN, 0},
    {"name", GIVEN, 0},
    {"daemon", GIVEN, 0},
    {"handle", GIVEN, 0},
    {"kind", GIVEN, 0},
    {"body", NONE, 0},
    {"deadline", NONE, 0},
    {"ident", ZERO, 0},
    {"is_done", FALSE_, 0},
    {"is_enabled", FALSE_, 0},
    {"is_started", FALSE_, 0},
    {"locals", DICT, 0},
    {"ops", ZERO, 0},
    {"os_ident", ZERO, 0},
    {"resource", NONE, 0},
    {"ride", NONE, 0},
    {"sentinel", NONE, 0},
    {"site", NONE, 0},
    {"timed_out", FALSE_, 0},
    {"timer", ZERO, 0},
    {NULL, 0, 0},
};
enum { T_INDEX, T_NAME, T_DAEMON, T_HANDLE, T_KIND };

static Field handle_fields[] = {
    {"kind", GIVEN, 0},   {"index", GIVEN, 0},  {"made_at", NONE, 0},
    {"waiters", LIST, 0}, {"is_closed", TRUE_, 0}, {NULL, 0, 0},
};
enum { H_KIND, H_INDEX };

static PyTypeObject *TaskHandleType;
static PyObject *zero, *str_begin;

/* ---------------------------------------------------------------- fields */

/* `value` is ours to give away; NULL where making it failed. */
static int
give(PyObject *object, Py_ssize_t offset, PyObject *value)
{
    if (value == NULL)
        return -1;
    PyObject **slot = &SLOT(object, offset), *old = *slot;
    *slot = value;
    Py_XDECREF(old);
    return 0;
}

static int
put(PyObject *object, Py_ssize_t offset, PyObject *value)
{
    Py_INCREF(value);
    return give(object, offset, value);
}

/* Set all fields that are not given. */
static int
start(PyObject *object, const Field *fields)
{
    for (; fields->name != NULL; fields++) {
        PyObject *value;
        switch (fields->start) {
        case NONE:
            value = Py_None;
            Py_INCREF(value);
            break;
        case FALSE_:
            value = Py_False;
            Py_INCREF(value);
            break;
        case TRUE_:
            value = Py_True;
            Py_INCREF(value);
            break;
        case ZERO:
            value = zero;
            Py_INCREF(value);
            break;
        case LIST:
            value = PyList_New(0);
            break;
        case DICT:
            value = PyDict_New();
            break;
        case SET:
            value = PySet_New(NULL);
            break;
        default:
            continue;
        }
        if (give(object, fields->offset, value) < 0)
            return -1;
    }
    return 0;
}

static int
slot_offset(PyTypeObject *type, PyObject *name, Py_ssize_t *offset)
{
    PyObject *descriptor = PyObject_GetAttr((PyObject *)type, name);
    if (descriptor == NULL)
        return -1;
    int is_slot = Py_TYPE(descriptor) == &PyMemberDescr_Type;
    if (is_slot)
        *offset = ((PyMemberDescrObject *)descriptor)->d_member->offset;
    else
        PyErr_Format(PyExc_TypeError, "%s.%U is not a slot", type->tp_name, name);
    Py_DECREF(descriptor);
    return is_slot ? 0 : -1;
}

static int
find(PyTypeObject *type, Field *fields)
{
    for (; fields->name != NULL; fields++) {
        PyObject *name = PyUnicode_InternFromString(fields->name);
        if (name == NULL)
            return -1;
        int failed = slot_offset(type, name, &fields->offset);
        Py_DECREF(name);
        if (failed)
            return -1;
    }
    return 0;
}

/* ---------------------------------------------------------------- tasks */

static int
init_handle(PyObject *handle, PyObject *name, PyObject *index)
{
    return start(handle, handle_fields) < 0 ||
                   put(handle, handle_fields[H_KIND].offset, name) < 0 ||
                   put(handle, handle_fields[H_INDEX].offset, index) < 0
               ? -1
               : 0;
}

static int
init_task(PyObject *task, PyObject *index, PyObject *name, PyObject *daemon)
{
    PyObject *handle = TaskHandleType->tp_alloc(TaskHandleType, 0);
    if (handle == NULL || init_handle(handle, name, index) < 0) {
        Py_XDECREF(handle);
        return -1;
    }
    return start(task, task_fields) < 0 ||
                   give(task, task_fields[T_HANDLE].offset, handle) < 0 ||
                   put(task, task_fields[T_INDEX].offset, index) < 0 ||
                   put(task, task_fields[T_NAME].offset, name) < 0 ||
                   put(task, task_fields[T_DAEMON].offset, daemon) < 0 ||
                   put(task, task_fields[T_KIND].offset, str_begin) < 0
               ? -1
               : 0;
}

static PyObject *
handle_init(PyObject *self, PyObject *args, PyObject *names)
{
    static char *words[] = {"name", "index", NULL};
    PyObject *name, *index;
    if (!PyArg_ParseTupleAndKeywords(args, names, "OO:TaskHandle", words, &name, &index) ||
        init_handle(self, name, index) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
task_init(PyObject *self, PyObject *args, PyObject *names)
{
    static char *words[] = {"index", "name", "daemon", NULL};
    PyObject *index, *name, *daemon = Py_False;
    if (!PyArg_ParseTupleAndKeywords(args, names, "OO|$O:Task", words, &index, &name, &daemon) ||
        init_task(self, index, name, daemon) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
kernel_begin(PyObject *self, PyObject *ignored)
{
    if (start(self, kernel_fields) < 0)
        return NULL;
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- frozen values */

/* A frozen dataclass with slots: its own `__init__` goes through `object.__setattr__`, field by
   field. Field names are interned, and nearly always given in order. */
typedef struct {
    PyTypeObject *type;
    PyObject *names, *defaults; /* tuples; an Ellipsis stands for no default */
    Py_ssize_t *offsets;
} Record;

#define MAX_RECORDS 8
static Record records[MAX_RECORDS];
static int record_count = 0;

static const Record *
record_of(PyObject *object)
{
    for (int i = 0; i < record_count; i++)
        if (PyObject_TypeCheck(object, records[i].type))
            return &records[i];
    PyErr_Format(PyExc_TypeError, "%.100s is no record", Py_TYPE(object)->tp_name);
    return NULL;
}

static PyObject *
record_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    const Record *record = record_of(self);
    if (record == NULL)
        return NULL;
    Py_ssize_t fields = PyTuple_GET_SIZE(record->names), given = PyTuple_GET_SIZE(args), named = 0;
    if (given > fields) {
        PyErr_Format(PyExc_TypeError, "%.100s() takes %zd arguments at most (%zd given)",
                     record->type->tp_name, fields, given);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < fields; i++) {
        PyObject *name = PyTuple_GET_ITEM(record->names, i), *value = NULL;
        if (keywords != NULL) {
            value = PyDict_GetItemWithError(keywords, name);
            if (value == NULL && PyErr_Occurred())
                return NULL;
        }
        if (value != NULL) {
            named++;
            if (i < given) {
                PyErr_Format(PyExc_TypeError, "%.100s() got multiple values for argument '%U'",
                             record->type->tp_name, name);
                return NULL;
            }
        }
        else {
            value = i < given ? PyTuple_GET_ITEM(args, i) : PyTuple_GET_ITEM(record->defaults, i);
        }
        if (value == Py_Ellipsis && i >= given) {
            PyErr_Format(PyExc_TypeError, "%.100s() misses the argument '%U'",
                         record->type->tp_name, name);
            return NULL;
        }
        put(self, record->offsets[i], value);
    }
    if (keywords != NULL && named != PyDict_GET_SIZE(keywords)) {
        PyErr_Format(PyExc_TypeError, "%.100s() got an unexpected keyword argument",
                     record->type->tp_name);
        return NULL;
    }
    Py_RETURN_NONE;
}

/* ---------------------------------------------------------------- binding */

#define KEYWORDS(function) (PyCFunction)(void (*)(void))(function), METH_VARARGS | METH_KEYWORDS

static PyMethodDef begins = {"begin", kernel_begin, METH_NOARGS, NULL};
static PyMethodDef handle_inits = {"__init__", KEYWORDS(handle_init), NULL};
static PyMethodDef task_inits = {"__init__", KEYWORDS(task_init), NULL};
static PyMethodDef record_inits = {"__init__", KEYWORDS(record_init), NULL};

static int
put_method(PyTypeObject *type, PyMethodDef *method)
{
    PyObject *descriptor = PyDescr_NewMethod(type, method);
    if (descriptor == NULL)
        return -1;
    int failed = PyObject_SetAttrString((PyObject *)type, method->ml_name, descriptor);
    Py_DECREF(descriptor);
    return failed;
}

static PyObject *
none_unless(int failed)
{
    if (failed < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
bind_tasks(PyObject *module, PyObject *args)
{
    PyTypeObject *task, *handle;
    if (!PyArg_ParseTuple(args, "O!O!:bind_tasks", &PyType_Type, &task, &PyType_Type, &handle) ||
        find(task, task_fields) < 0 || find(handle, handle_fields) < 0 ||
        put_method(task, &task_inits) < 0 || put_method(handle, &handle_inits) < 0)
        return NULL;
    Py_INCREF(handle);
    TaskHandleType = handle;
    Py_RETURN_NONE;
}

static PyObject *
bind_ledger(PyObject *module, PyObject *args)
{
    PyTypeObject *ledger;
    if (!PyArg_ParseTuple(args, "O!:bind_ledger", &PyType_Type, &ledger) ||
        find(ledger, kernel_fields) < 0)
        return NULL;
    return none_unless(put_method(ledger, &begins));
}

/* bind_record(type, names, defaults): `defaults` has an Ellipsis where there is none. */
static PyObject *
bind_record(PyObject *module, PyObject *args)
{
    Record record;
    if (!PyArg_ParseTuple(args, "O!O!O!:bind_record", &PyType_Type, &record.type, &PyTuple_Type,
                          &record.names, &PyTuple_Type, &record.defaults))
        return NULL;
    Py_ssize_t size = PyTuple_GET_SIZE(record.names);
    if (record_count == MAX_RECORDS || PyTuple_GET_SIZE(record.defaults) != size) {
        PyErr_SetString(PyExc_ValueError, "too many records, or names without defaults");
        return NULL;
    }
    if ((record.offsets = PyMem_Calloc((size_t)size + 1, sizeof(Py_ssize_t))) == NULL)
        return PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < size; i++)
        if (slot_offset(record.type, PyTuple_GET_ITEM(record.names, i), &record.offsets[i]) < 0) {
            PyMem_Free(record.offsets);
            return NULL;
        }
    if (put_method(record.type, &record_inits) < 0) {
        PyMem_Free(record.offsets);
        return NULL;
    }
    Py_INCREF(record.type);
    Py_INCREF(record.names);
    Py_INCREF(record.defaults);
    records[record_count++] = record;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"bind_tasks", bind_tasks, METH_VARARGS, NULL},
    {"bind_ledger", bind_ledger, METH_VARARGS, NULL},
    {"bind_record", bind_record, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "racewright._fresh",
    "What every execution makes anew, in C. What it means is in the Python methods it replaces.",
    -1,
    functions,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC
PyInit__fresh(void)
{
    if ((zero = PyLong_FromLong(0)) == NULL ||
        (str_begin = PyUnicode_InternFromString("begin")) == NULL)
        return NULL;
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddStringConstant(module, "source", SOURCE_DIGEST) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
