/*
 * host.c - stands before libvmtools.so of an unmodified vmtoolsd, on a machine that is no VMware guest. It
 * replaces the wire to the hypervisor by a unix socket, HOST_SOCKET, at whose other end a test plays the host.
 * Everything behind that wire (state machine, script runner, FIFREEZE, timers) is what Debian ships.
 *
 * Only exported functions are used; the declarations are written by hand, from no header of open-vm-tools or glib.
 *
 * One line each on the socket:
 *   test -> shim   RPC <text>            a message from host to guest
 *                  RPCHEX <cmd> <hex>    the same: "<cmd> " and bytes (XDR)
 *                  HOSTFAIL <prefix>     the host refuses messages that begin so
 *   shim -> test   RET <0|1> <result>    the answer to RPC and RPCHEX
 *                  FAILING <prefix>      the answer to HOSTFAIL
 *                  OUT <0|1> <message>   a message from guest to host, and whether the host took it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef int gboolean;
typedef void *gpointer;
typedef char Bool;
typedef struct RpcChannel RpcChannel;

typedef struct {
   gboolean (*start)(RpcChannel *);
   void (*stop)(RpcChannel *);
   gboolean (*send)(RpcChannel *, const char *, size_t, Bool *, char **, size_t *);
   void (*setup)(RpcChannel *, void *main_context, const char *app, gpointer app_context);
   void (*shutdown)(RpcChannel *);
   int (*get_type)(RpcChannel *);
   void (*destroy)(RpcChannel *);
} Funcs;

struct RpcChannel {
   const Funcs *funcs; /* what follows is none of our business */
};

typedef struct {
   const char *name;
   const char *args;
   size_t args_size;
   char *result;
   size_t result_len;
   gboolean free_result;
   void *app_context;
   void *client_data;
} RpcInData;

static RpcChannel *(*rpc_channel_create)(void);
static gboolean (*rpc_channel_dispatch)(RpcInData *);
static unsigned (*g_unix_fd_add_)(int, int, gboolean (*)(int, int, gpointer), gpointer);

static const int g_io_in = 1;
static int listener = -1, test = -1;
static RpcChannel *channel; /* the one that carries messages from the host */
static void *app;
static char *refused; /* prefix of what the host refuses */

void shim_log(const char *fmt, ...);

/* "yes, this is a VMware guest" */
Bool VmCheck_IsVirtualWorld(void) { return 1; }

static void tell(const char *fmt, ...)
{
   char b[8192];
   va_list a;
   int n, i;
   va_start(a, fmt);
   n = vsnprintf(b, sizeof b - 1, fmt, a);
   va_end(a);
   if (n > (int)sizeof b - 2) n = sizeof b - 2;
   for (i = 0; i < n; i++) if (b[i] == '\n' || b[i] == 0) b[i] = ' ';
   b[n++] = '\n';
   if (test >= 0 && send(test, b, n, MSG_NOSIGNAL) < 0) {}
}

static void dispatch(const char *message, size_t length)
{
   RpcInData d;
   gboolean taken;
   memset(&d, 0, sizeof d);
   d.client_data = channel;
   d.app_context = app;
   d.args = message;
   d.args_size = length;
   shim_log("host->guest %s", message);
   taken = rpc_channel_dispatch(&d);
   shim_log("  result %d '%s'", taken, d.result ? d.result : "");
   tell("RET %d %s", taken, d.result ? d.result : "");
   if (d.free_result) free(d.result);
}

static void dispatch_hex(char *command)
{
   static char b[8192];
   char *hex = strchr(command, ' ');
   size_t n;
   if (!hex) return;
   *hex++ = 0;
   n = sprintf(b, "%s ", command);
   for (; hex[0] && hex[1] && n < sizeof b - 1; hex += 2) {
      unsigned value;
      sscanf(hex, "%2x", &value);
      b[n++] = (char)value;
   }
   b[n] = 0;
   dispatch(b, n);
}

static void obey(char *line)
{
   if (!strncmp(line, "RPC ", 4)) {
      dispatch(line + 4, strlen(line + 4));
   } else if (!strncmp(line, "RPCHEX ", 7)) {
      dispatch_hex(line + 7);
   } else if (!strncmp(line, "HOSTFAIL ", 9)) {
      free(refused);
      refused = strdup(line + 9);
      tell("FAILING %s", refused);
   } else {
      tell("RET 0 unknown verb");
   }
}

static gboolean on_line(int fd, int condition, gpointer data)
{
   static char b[16384];
   static size_t have;
   ssize_t n = read(fd, b + have, sizeof b - have - 1);
   char *end;
   (void)condition; (void)data;
   if (n <= 0) { close(fd); test = -1; have = 0; return 0; }
   have += n;
   while ((end = memchr(b, '\n', have))) {
      size_t length = end - b;
      char *line;
      *end = 0;
      line = strdup(b);
      have -= length + 1;
      memmove(b, end + 1, have);
      obey(line);
      free(line);
   }
   return 1;
}

static gboolean on_connection(int fd, int condition, gpointer data)
{
   int c = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
   (void)condition; (void)data;
   if (c < 0) return 1;
   if (test >= 0) { close(c); return 1; }
   test = c;
   g_unix_fd_add_(c, g_io_in, on_line, NULL);
   return 1;
}

static gboolean channel_start(RpcChannel *c)
{
   struct sockaddr_un sa = { .sun_family = AF_UNIX };
   if (c != channel || listener >= 0) return 1;
   listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
   snprintf(sa.sun_path, sizeof sa.sun_path, "%s", HOST_SOCKET);
   unlink(sa.sun_path);
   if (bind(listener, (void *)&sa, sizeof sa) || listen(listener, 1)) { perror("shim"); _exit(99); }
   g_unix_fd_add_(listener, g_io_in, on_connection, NULL);
   return 1;
}

static gboolean channel_send(RpcChannel *c, const char *data, size_t length, Bool *taken, char **reply, size_t *reply_length)
{
   char *message = strndup(data, length);
   int ok = !(refused && !strncmp(message, refused, strlen(refused)));
   (void)c;
   shim_log("guest->host %s%s", message, ok ? "" : "   [refused]");
   tell("OUT %d %s", ok, message);
   if (reply) *reply = strdup(ok ? "" : "Unknown command");
   if (reply_length) *reply_length = ok ? 0 : strlen("Unknown command");
   *taken = (Bool)ok;
   free(message);
   return 1; /* the wire worked; *taken is what the host says */
}

static void channel_setup(RpcChannel *c, void *main_context, const char *name, gpointer context)
{
   (void)main_context; (void)name;
   channel = c;
   app = context;
}

static void channel_stop(RpcChannel *c) { (void)c; }
static void channel_shutdown(RpcChannel *c) { (void)c; }
static void channel_destroy(RpcChannel *c) { (void)c; }
static int channel_type(RpcChannel *c) { (void)c; return 1; /* the backdoor: never tried again over another wire */ }

RpcChannel *RpcChannel_New(void)
{
   static const Funcs funcs = { channel_start,    channel_stop, channel_send,   channel_setup,
                                channel_shutdown, channel_type, channel_destroy };
   RpcChannel *c;
   rpc_channel_create = dlsym(RTLD_DEFAULT, "RpcChannel_Create");
   rpc_channel_dispatch = dlsym(RTLD_DEFAULT, "RpcChannel_Dispatch");
   g_unix_fd_add_ = dlsym(RTLD_DEFAULT, "g_unix_fd_add");
   if (!rpc_channel_create || !rpc_channel_dispatch || !g_unix_fd_add_) {
      fprintf(stderr, "shim: this is not the vmtoolsd it knows\n");
      _exit(98);
   }
   c = rpc_channel_create();
   c->funcs = &funcs;
   return c;
}

/* of the hang detector's thread, once the main loop has been blocked for more than 5 s */
RpcChannel *BackdoorChannel_New(void) { return RpcChannel_New(); }

/* Messages outside a channel would use the real backdoor, which is a general protection fault here. */
static gboolean send_one(const char *data, char **reply, size_t *length)
{
   shim_log("guest->host (alone) %s", data);
   tell("OUT 1 %s", data);
   if (reply) *reply = strdup("");
   if (length) *length = 0;
   return 1;
}

#define SEND_FORMATTED() \
   do { \
      char b[4096]; \
      va_list a; \
      va_start(a, fmt); \
      vsnprintf(b, sizeof b, fmt, a); \
      va_end(a); \
      return send_one(b, reply, length); \
   } while (0)

gboolean RpcChannel_SendOneRaw(const char *data, size_t n, char **reply, size_t *length) { (void)n; return send_one(data, reply, length); }
gboolean RpcChannel_SendOneRawPriv(const char *data, size_t n, char **reply, size_t *length) { (void)n; return send_one(data, reply, length); }
gboolean RpcChannel_SendOne(char **reply, size_t *length, const char *fmt, ...) { SEND_FORMATTED(); }
gboolean RpcChannel_SendOnePriv(char **reply, size_t *length, const char *fmt, ...) { SEND_FORMATTED(); }
