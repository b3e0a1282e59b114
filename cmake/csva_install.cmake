# What an installed copy is made of, for `cmake --install` and for CPack (.deb and .tar.gz). The program looks for its
# own libraries in ../lib beside its real place, so that it may be called through the link in bin.
set(CSVA_HOME lib/csva)
install(TARGETS csva RUNTIME DESTINATION ${CSVA_HOME}/bin)
install(
    FILES ${CMAKE_BINARY_DIR}/lib/libduckdb.so ${CMAKE_BINARY_DIR}/lib/lib_lightgbm.so
    DESTINATION ${CSVA_HOME}/lib
)
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/link)
file(CREATE_LINK ../${CSVA_HOME}/bin/csva ${CMAKE_BINARY_DIR}/link/csva SYMBOLIC)
install(FILES ${CMAKE_BINARY_DIR}/link/csva DESTINATION bin)
file(GLOB CSVA_UNITS ${CMAKE_SOURCE_DIR}/deploy/systemd/*.service ${CMAKE_SOURCE_DIR}/deploy/systemd/*.timer)
install(FILES ${CSVA_UNITS} DESTINATION lib/systemd/system)
install(FILES deploy/systemd/csva.toml DESTINATION share/csva)
install(FILES LICENSE RENAME copyright DESTINATION share/doc/csva)
install(FILES README.md CHANGELOG.md THIRD_PARTY_NOTICES.md DESTINATION share/doc/csva)

set(CPACK_GENERATOR DEB TGZ)
set(CPACK_PACKAGE_NAME csva)
set(CPACK_PACKAGE_VENDOR "CSV Analyzer")
set(CPACK_PACKAGE_CONTACT "CSV Analyzer <csv-analyzer@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "From a CSV file to a prediction one can trust")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${CMAKE_BINARY_DIR}/lib)
# Opened at run time, so that no scan of the program finds them.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, libcurl4, libgomp1, tzdata")
set(
    CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/deploy/systemd/postinst
    ${CMAKE_SOURCE_DIR}/deploy/systemd/prerm
    ${CMAKE_SOURCE_DIR}/deploy/systemd/postrm
)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
