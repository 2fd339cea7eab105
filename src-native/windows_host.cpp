// Windows only (not verified on a machine yet): N-API functions are imported from "node.exe", but the
// process may be electron.exe. The delay-load hook answers with the running executable.
#include <windows.h>

#include <delayimp.h>

#include <cstring>

namespace {

FARPROC WINAPI find_host(unsigned event, PDelayLoadInfo info) {
    if (event == dliNotePreLoadLibrary && _stricmp(info->szDll, "node.exe") == 0) {
        return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
    }
    return nullptr;
}

} // namespace

extern "C" const PfnDliHook __pfnDliNotifyHook2 = find_host;
