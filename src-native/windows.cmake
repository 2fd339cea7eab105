# Windows only (not verified on a machine yet): MSVC links against import libraries, which the prebuilt
# packages lack, so they are made from the DLLs' export tables; Node's own comes from node-api-headers.
get_filename_component(MSVC_TOOLS ${CMAKE_LINKER} DIRECTORY)

function(def_to_lib def lib)
  execute_process(COMMAND ${MSVC_TOOLS}/lib.exe /nologo /def:${def} /out:${lib} /machine:${CMAKE_CXX_COMPILER_ARCHITECTURE_ID}
    RESULT_VARIABLE status OUTPUT_QUIET)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "lib.exe could not make ${lib}")
  endif()
endfunction()

# Sets `result` to import libraries for the DLLs of one variant, plus Node's.
function(import_libraries variant dlls result)
  set(made)
  foreach(dll IN LISTS dlls)
    get_filename_component(name ${dll} NAME)
    execute_process(COMMAND ${MSVC_TOOLS}/dumpbin.exe /nologo /exports ${dll} OUTPUT_VARIABLE table)
    # Lines of the table: ordinal, hint, address, name.
    string(REGEX MATCHALL "\n +[0-9]+ +[0-9A-F]+ +[0-9A-F]+ [^ \r\n]+" lines "${table}")
    set(text "LIBRARY ${name}\nEXPORTS\n")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE ".* " "" symbol "${line}")
      string(APPEND text "  ${symbol}\n")
    endforeach()
    set(base ${CMAKE_BINARY_DIR}/import/${variant}/${name})
    file(WRITE ${base}.def "${text}")
    def_to_lib(${base}.def ${base}.lib)
    list(APPEND made ${base}.lib)
  endforeach()
  set(node ${CMAKE_BINARY_DIR}/import/node_api.lib)
  def_to_lib(${NODE_API_HEADERS}/def/node_api.def ${node})
  set(${result} ${made} ${node} delayimp.lib -DELAYLOAD:node.exe PARENT_SCOPE)
endfunction()
